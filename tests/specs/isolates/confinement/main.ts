import { getProvider } from 'prizm';

const victim: any = await getProvider('github:acme/victim');
const curious: any = await getProvider('github:acme/curious');
console.log(await curious.isAvailable());
const npm = 'file://{{cache}}/npm-v1';
const registry = Deno.readDirSync(npm.replace('file://', '')).find((it) => /^\d+$|localhost|127/.test(it.name))!.name;
const paths = {
  victim: victim.where(),
  project: new URL('./secret.ts', import.meta.url).href,
  lock: new URL('./prizm.lock', import.meta.url).href,
  package: `${npm}/${registry}/others-package/1.0.0/index.js`,
};
for (const line of await curious.look(paths)) console.log(line);
for (const line of await curious.reach()) console.log(line);
console.log(await curious.worker(paths.project));
