import { getProvider } from 'prizm';
await getProvider('github:acme/echo@v1.0.0');
