import { getProvider } from 'prizm';
const all = await Promise.all(Array.from({ length: 8 }, () => getProvider('github:acme/once@v1')));
console.log(all.every((one) => one === all[0]));
