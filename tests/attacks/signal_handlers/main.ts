import { getProvider } from 'prizm';

const provider: any = await getProvider('github:evil/thief');
for (const line of await provider.attack()) console.log(line);
if (Deno.args.length > 0) setTimeout(() => console.log('went on'), 30000);
