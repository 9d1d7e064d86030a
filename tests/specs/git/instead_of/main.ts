import { getProvider } from 'prizm';
console.log((await getProvider('github:acme/echo@v1')).id);
