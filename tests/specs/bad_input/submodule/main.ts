import { getProvider } from 'prizm';
await getProvider('github:acme/parent@v1');
