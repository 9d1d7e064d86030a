import { getProvider } from 'prizm';
await getProvider('github:acme/void@v1');
