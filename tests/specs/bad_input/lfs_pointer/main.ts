import { getProvider } from 'prizm';
await getProvider('github:acme/lfs@v1');
