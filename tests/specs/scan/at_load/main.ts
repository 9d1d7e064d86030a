import { getProvider } from 'prizm';
const provider = await getProvider('github:acme/x@v1');
console.log(provider.id);
