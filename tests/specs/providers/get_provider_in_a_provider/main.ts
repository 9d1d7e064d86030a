import { getProvider } from 'prizm';
const outer = await getProvider('file:./outer.ts');
await outer.configure({});
console.log(outer.inner === (await getProvider('file:./inner.ts')), outer.self === outer);
