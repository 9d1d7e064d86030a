import { getProvider } from 'prizm';
const provider: any = await getProvider('github:evil/thief');
for (const line of await provider.attack()) console.log(line);
const rest = new Uint8Array(100);
const count = await Deno.stdin.read(rest);
console.log('left for the script:', count);
