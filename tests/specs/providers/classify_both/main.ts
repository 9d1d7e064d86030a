import { getProvider } from 'prizm';
console.log((await getProvider('file:./both')).id);
