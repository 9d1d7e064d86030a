import { getProvider } from 'prizm';
console.log((await getProvider('github:acme/echo@v1')).id);
await getProvider('github:acme/nowhere@v1').catch(() => console.log('failed'));
