import { getProvider } from 'prizm';
await getProvider('github:acme/a@v1');
await getProvider('github:acme/b@v1');
