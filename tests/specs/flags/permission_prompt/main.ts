import { onTerminal, until } from './terminal.ts';

async function answer(command: string, answer: string, word: string) {
  return await onTerminal(command, async (seen, type) => {
    await until(seen, 'Allow?');
    // What is typed in the first moment after the question is thrown away on purpose.
    while (!seen().includes(word)) {
      await type(`${answer}\n`);
      await new Promise((done) => setTimeout(done, 400));
    }
  });
}

for (const [key, word] of [['y', '✅ Granted read access'], ['n', '❌ Denied read access'], ['A', '✅ Granted all read access']]) {
  const text = await answer('run inner.ts', key, word);
  const title = '┏ ⚠️  The script requests read access to "/etc/passwd".';
  console.log(key, text.trimEnd().endsWith('read'), text.includes(title) && text.includes('--allow-read to bypass'), text.includes('Deno requests'));
}

const ahead = await onTerminal('run inner.ts', async (seen, type) => {
  for (let time = 0; time < 20; time++) await type('y\n');
  await until(seen, 'Allow?');
  while (!seen().includes('Denied')) {
    await type('n\n');
    await new Promise((done) => setTimeout(done, 400));
  }
});
console.log('typed ahead:', ahead.includes('Granted'), ahead.trim().split(/\s+/).at(-1));

const escaped = await answer('run escape.ts', 'n', 'Denied');
console.log('escaped:', escaped.includes('\\u{1b}[2J'), escaped.includes('\x1b[2J'));

const silent = await onTerminal('run --no-prompt inner.ts', (seen) => until(seen, 'NotCapable'));
console.log('no prompt:', silent.includes('Allow?'), silent.trim());
