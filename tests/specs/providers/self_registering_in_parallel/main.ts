import { getProvider } from 'prizm';
const all = await Promise.all(['file:./one.ts', 'file:./two.ts', 'github:acme/selves@v1'].map((id) => getProvider(id)));
console.log(all.map((one) => one.id).join(' '));
