import { getProvider } from 'prizm';

const reasonOf = (error: any): string => error.reason ?? (error.cause ? reasonOf(error.cause) : String(error));

for (const name of ['work', 'read', 'busy', 'exit', 'spin', 'fill', 'grow']) {
  const provider: any = await getProvider('github:acme/busy');
  try {
    console.log(name, await provider[name](new URL(import.meta.url).pathname));
  } catch (error) {
    console.log(name, reasonOf(error));
  }
}
console.log(await (await getProvider('github:acme/busy')).isAvailable());
