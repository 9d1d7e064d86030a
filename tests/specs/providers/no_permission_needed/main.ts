import { getProvider } from 'prizm';
console.log((await getProvider('github:acme/echo@v1.0.0')).id);
