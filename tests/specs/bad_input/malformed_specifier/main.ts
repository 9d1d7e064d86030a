import { getProvider } from 'prizm';
await getProvider('github:acme/re po@v1');
