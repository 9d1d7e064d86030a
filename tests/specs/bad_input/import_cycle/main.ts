import { getProvider } from 'prizm';
await getProvider('github:acme/cycle@v1');
