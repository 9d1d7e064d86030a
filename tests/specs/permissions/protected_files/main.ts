import { getProvider } from 'prizm';

// Everything that is written to here lies in the folders of this test: where a check failed, nothing else is harmed.
const [home, cache, project] = Deno.args;
const provider = await getProvider('github:acme/x@v1.0.0');
const name = async (action) => {
  try {
    return String((await action()) ?? 'done').trim();
  } catch (error) {
    return error.name;
  }
};
const both = async (what, path) =>
  console.log(`${what}:`, await name(() => provider.read(path)), await name(() => provider.write(path, 'x')));
const read = async (what, path) => console.log(`${what}:`, await name(() => provider.read(path)));

console.log(await name(() => provider.read(`${home}/open.txt`)));
await both('lock', `${project}/prizm.lock`);
await both('policy', `${project}/config/prizm/policy.json`);
await read('npmrc', `${home}/.npmrc`);
await read('netrc', `${home}/.netrc`);
await both('audit', `${cache}/audit-v1/x`);
await both('sources', `${cache}/src-v1/x`);
await read('environ', '/proc/self/environ');
await read('by /proc', `/proc/self/root${project}/config/prizm/policy.json`);
await read('fd', '/dev/fd/0');
await both('dots', `${project}/config/../prizm.lock`);

const links = Deno.makeTempDirSync();
try {
  Deno.symlinkSync(`${project}/config/prizm/policy.json`, `${links}/link`);
  Deno.symlinkSync(`${project}/config/prizm`, `${links}/folder`);
  await read('link', `${links}/link`);
  await read('folder link', `${links}/folder/policy.json`);
} finally {
  Deno.removeSync(links, { recursive: true });
}
const code = Deno.readDirSync(`${cache}/src-v1`).filter((entry) => entry.isDirectory).map((entry) => entry.name).toArray();
console.log('own code:', await name(() => provider.write(`${cache}/src-v1/${code[0]}/index.ts`, 'x')));
