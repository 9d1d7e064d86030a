import { getProvider } from 'prizm';

const provider = await getProvider('file:./provider/gaps.ts');
console.log(provider.id);
