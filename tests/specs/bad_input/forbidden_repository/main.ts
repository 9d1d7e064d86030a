import { getProvider } from 'prizm';
await getProvider('github:acme/x');
