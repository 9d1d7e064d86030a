import { getProvider } from 'prizm';
console.log((await getProvider('github:acme/x@^1.0')).name);
