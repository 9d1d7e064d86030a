import { getProvider } from 'prizm';
await getProvider('github:acme/echo@0123456789012345678901234567890123456789');
