import { getProvider } from 'prizm';
const provider = await getProvider('github:acme/deps@v1');
console.log(provider.name, provider.models[0]);
