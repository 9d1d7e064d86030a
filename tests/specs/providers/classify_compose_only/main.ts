import { getProvider } from 'prizm';
await getProvider('github:acme/compose@v1');
