import { getProvider } from 'prizm';
const provider = await getProvider('github:acme/flavoured@v1');
console.log(provider.id, provider.name, provider.models.length);
