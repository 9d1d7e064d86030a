import { getProvider } from 'prizm';
const victim: any = await getProvider('github:good/victim');
const provider: any = await getProvider('github:evil/thief');
const data = '{{cache}}/data-v1';
const folder = (name: string) => `${data}/${Array.from(Deno.readDirSync(data)).find((it) => it.name.startsWith(name))!.name}`;
Deno.writeTextFileSync(`${folder('victim')}/key.txt`, 'marker-4f9d2c81b7e6');
const target = { cache: '{{cache}}', own: folder('thief'), victim: folder('victim'), tree: new URL(victim.where()).pathname };
for (const line of await provider.attack(target)) console.log(line);
