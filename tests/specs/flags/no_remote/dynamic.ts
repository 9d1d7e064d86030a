import { getProvider } from 'prizm';
const message = (error: Error) => console.log(error.message);
await import('github:acme/echo@v1').catch(message);
await getProvider('github:acme/echo@v1').catch(message);
await import('./local.ts');
