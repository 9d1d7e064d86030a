import { getProvider } from 'prizm';
const provider = await getProvider('github:acme/mono/packages/sub@v1');
console.log(provider.id, provider.name);
