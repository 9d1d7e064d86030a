import { getProvider } from 'prizm';

const provider = await getProvider('file:./provider/syntax.ts');
console.log(provider.id);
