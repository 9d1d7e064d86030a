const [own, home] = ['{{dir}}/own', '{{home}}'];
Deno.mkdirSync('own');
Deno.writeTextFileSync('own/free.txt', 'free');
(globalThis as any).postMessage('started');
for (;;) {
  try { Deno.removeSync(own + '/free.txt'); } catch {}
  Deno.symlinkSync(home + '/free.txt', own + '/free.txt');
  Deno.writeTextFileSync(own + '/new.txt', 'free');
  Deno.renameSync(own + '/new.txt', own + '/free.txt');
}
