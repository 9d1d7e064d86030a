import { getProvider } from 'prizm';
await getProvider('github:acme/latin@v1');
