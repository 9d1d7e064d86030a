import { getProvider } from 'prizm';
const provider = await getProvider('github:acme/real@v1');
console.log(provider.id, provider.name, await provider.isAvailable());
