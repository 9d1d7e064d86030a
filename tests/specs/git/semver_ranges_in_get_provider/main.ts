import { getProvider } from 'prizm';
const ids = [];
for (const ref of ['^1.0', '^2.1', '>=1.0.0 <3']) ids.push((await getProvider(`github:acme/echo@${ref}`)).id);
console.log(ids.join(' '));
