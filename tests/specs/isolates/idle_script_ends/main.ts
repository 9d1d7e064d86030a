import { getProvider } from 'prizm';

await getProvider('github:acme/painter');
console.log('done');
