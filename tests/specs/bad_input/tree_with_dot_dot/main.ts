import { getProvider } from 'prizm';
await getProvider('github:acme/dots@v1');
