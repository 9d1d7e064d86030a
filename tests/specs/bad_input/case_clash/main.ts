import { getProvider } from 'prizm';
await getProvider('github:acme/clash@v1');
