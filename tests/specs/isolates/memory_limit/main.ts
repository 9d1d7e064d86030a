import { getProvider } from 'prizm';

const reasonOf = (error: any): string => error.reason ?? (error.cause ? reasonOf(error.cause) : String(error));

for (const name of ['garbage', 'heap', 'array', 'buffers', 'shared', 'resizable', 'wasm', 'promises']) {
  const provider: any = await getProvider('github:acme/painter');
  try {
    console.log(name, await provider[name]());
  } catch (error) {
    console.log(name, reasonOf(error));
  }
}
console.log(await (await getProvider('github:acme/painter')).isAvailable());
