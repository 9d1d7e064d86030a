import { onTerminal, until } from './terminal.ts';

for (const flag of ['', '--no-clear-screen']) {
  Deno.writeTextFileSync('inner.ts', "console.log('run', 1);");
  const text = await onTerminal(`run --watch ${flag} inner.ts`, async (seen, type) => {
    await until(seen, 'finished');
    Deno.writeTextFileSync('inner.ts', "console.log('run', 2);");
    await until(seen, 'run 2');
    await type('\x03');
  });
  const before = text.slice(0, text.indexOf('Restarting!'));
  console.log(flag, before.includes('\x1b[2J\x1b[1;1H'));
}
