import { getProvider } from 'prizm';
console.log((await getProvider('github:acme/private@v1')).id);
