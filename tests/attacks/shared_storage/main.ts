import { getProvider } from 'prizm';

const keeper: any = await getProvider('github:good/keeper');
const kept = await keeper.attack('keep');
const url = kept.pop().split('got ')[1];
for (const line of kept) console.log(line);
const channel = new BroadcastChannel('key');
channel.onmessage = () => channel.postMessage('marker-4f9d2c81b7e6');
const provider: any = await getProvider('github:evil/thief');
for (const line of await provider.attack(url)) console.log(line);
Deno.exit(0);
