import { getProvider } from 'prizm';
await getProvider('github:acme/throws@v1');
