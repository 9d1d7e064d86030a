import { getProvider } from 'prizm';
await getProvider('github:acme/link@v1');
