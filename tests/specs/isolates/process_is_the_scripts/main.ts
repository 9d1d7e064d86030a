import { getProvider } from 'prizm';

const provider: any = await getProvider('github:acme/greedy');
const before = Deno.cwd();
console.log(provider.move(), Deno.cwd() === before);
console.log(provider.words());
console.log('ready');
setTimeout(() => console.log('never'), 30_000);
