import { getProvider } from 'prizm';
await getProvider('github:acme/needy@v1');
