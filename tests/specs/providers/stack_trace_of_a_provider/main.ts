import { getProvider } from 'prizm';
const provider = await getProvider('github:acme/boom@v1');
await provider.configure({});
