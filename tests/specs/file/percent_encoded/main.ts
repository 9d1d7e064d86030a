import { getProvider } from 'prizm';
console.log((await getProvider('file:./with%20space%20%26%20more')).id);
