import { getProvider } from 'prizm';
await getProvider('github:acme/echo@^9');
