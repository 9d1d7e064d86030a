import { getProvider } from 'prizm';

(globalThis as any).secretOfTheScript = 'marker-4f9d2c81b7e6';

const other: any = await getProvider('github:good/victim');
let provider: any = await getProvider('github:evil/thief');
for (const line of await provider.attack('ops')) console.log(line);
for (const kind of ["someone else's object", 'every number', 'a buffer of another', 'an operation', 'the function of the script', 'the global of the script', 'nonsense']) {
  provider = await getProvider('github:evil/thief');
  try {
    const got = provider.attackNow(kind);
    console.log(kind, '-', typeof got);
  } catch (error: any) {
    console.log(kind, '-', error.reason ?? error.name);
  }
}
console.log('another goes on:', await other.isAvailable());
