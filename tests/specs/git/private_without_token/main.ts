import { getProvider } from 'prizm';
await getProvider('github:acme/private@v1');
