import { getProvider } from 'prizm';
await getProvider('github:acme/broken@v1');
