import { getProvider } from 'prizm';
console.log((await getProvider('github:acme/esm@v1')).name);
