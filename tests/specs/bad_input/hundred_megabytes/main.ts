import { getProvider } from 'prizm';
await getProvider('github:acme/heavy@v1');
