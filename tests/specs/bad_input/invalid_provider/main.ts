import { getProvider } from 'prizm';
await getProvider('github:acme/other@v1');
