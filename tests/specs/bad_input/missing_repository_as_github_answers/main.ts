import { getProvider } from 'prizm';
await getProvider('github:acme/nowhere@v1');
