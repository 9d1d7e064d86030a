import { getProvider } from 'prizm';
await getProvider('github:acme/echo/packages/none@v1');
