import { getProvider } from 'prizm';

const taken: any[] = [];
const gift = new Uint8Array(4);
const provider: any = await getProvider('github:evil/thief');
for (const line of await provider.attack(gift, (it: any) => { taken.push(it); return typeof it; })) console.log(line);
console.log('given:', gift[0], 'taken:', taken.map((it) => it instanceof Uint8Array ? it[0] : typeof it).join());
console.log('shared:', taken.some((it) => it instanceof SharedArrayBuffer));
