import { getProvider } from 'prizm';

const provider = await getProvider('github:acme/x@v1.0.0');
console.log(provider.id);
