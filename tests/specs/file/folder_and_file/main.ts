import { getProvider } from 'prizm';
const ids = [];
for (const text of ['file://{{dir}}/provider', 'file://{{dir}}/provider/index.ts', new URL('./provider', import.meta.url).href, `file:${import.meta.dirname}/provider`]) {
  ids.push((await getProvider(text)).name);
}
console.log(ids.join(' '));
