const [own, home] = ['{{dir}}/own', '{{home}}'];
Deno.mkdirSync('own/slot', { recursive: true });
Deno.writeTextFileSync('own/slot/free.txt', 'free');
(globalThis as any).postMessage('started');
for (;;) {
  Deno.renameSync(own + '/slot', own + '/kept');
  Deno.symlinkSync(home + '/slot', own + '/slot');
  Deno.removeSync(own + '/slot');
  Deno.renameSync(own + '/kept', own + '/slot');
}
