import { getProvider } from 'prizm';

const before = [Prizm.getProvider, fetch, Promise.prototype.then, Array.prototype.map, console.log];
const provider: any = await getProvider('github:evil/thief');
await provider.attack().then((lines: string[]) => lines.forEach((line) => console.log(line)), (error: any) => console.log(error.name));
const after = [Prizm.getProvider, fetch, Promise.prototype.then, Array.prototype.map, console.log];
console.log('the same:', after.every((it, at) => it === before[at]), ({} as any).polluted, [1].map((it) => it + 1).join(), String(new Error('x').stack).includes('main.ts'));
