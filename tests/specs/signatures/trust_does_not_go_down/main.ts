import { getProvider } from 'prizm';
console.log((await getProvider('github:acme/x@main')).name);
