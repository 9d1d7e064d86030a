import { getProvider } from 'prizm';
const all = await Promise.all(['a', 'b'].map((name) => getProvider(`github:acme/${name}@v1`)));
console.log(all.map((one) => one.id).join(' '));
