import { getProvider } from 'prizm';

const provider = await getProvider('file:./provider/throws.ts');
console.log(provider.id);
