import { getProvider } from 'prizm';
const victim: any = await getProvider('github:good/victim');
const { file, code } = await victim.keep('marker-4f9d2c81b7e6');
const provider: any = await getProvider('github:evil/thief');
const target = { cache: '{{cache}}', victim: file, tree: new URL(code).pathname };
for (const line of await provider.attack(target)) console.log(line.replaceAll(/(thief|victim)-[0-9a-f]+/g, '$1'));
