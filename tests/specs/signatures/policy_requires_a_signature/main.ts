import { getProvider } from 'prizm';
console.log((await getProvider('github:acme/x@v1.0.0')).name);
