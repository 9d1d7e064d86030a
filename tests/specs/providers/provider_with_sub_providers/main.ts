import { getProvider } from 'prizm';
console.log((await getProvider('github:acme/outer@v1')).name);
