import { getProvider } from 'prizm';
console.log((await getProvider('file:./providers/painter')).id);
