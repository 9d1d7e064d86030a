import { getProvider } from 'prizm';
await getProvider('github:acme/deps@v1');
