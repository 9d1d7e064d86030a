import { getProvider } from 'prizm';
await getProvider('github:acme/empty@v1');
