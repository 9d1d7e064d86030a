import { getProvider } from 'prizm';
const provider = await getProvider('github:acme/flavoured@v1');
console.log(provider.capabilities[0], ...provider.same);
