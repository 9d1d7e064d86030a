import { getProvider } from 'prizm';
console.log((await getProvider('github:acme/x@v0.9.0')).name);
