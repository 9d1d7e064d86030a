import { onTerminal, until } from './terminal.ts';

for (const [answer, word, result] of [['y', 'Granted', 'read'], ['n', 'Denied', 'NotCapable']]) {
  const text = await onTerminal('run inner.ts', async (seen, type) => {
    await until(seen, 'Allow?');
    // What is typed in the first moment after the question is thrown away on purpose.
    while (!seen().includes(word)) {
      await type(`${answer}\n`);
      await new Promise((done) => setTimeout(done, 400));
    }
  });
  console.log(text.includes('/etc/passwd'), text.trim().endsWith(result));
}
const text = await onTerminal('run --no-prompt inner.ts', (seen) => until(seen, 'NotCapable'));
console.log(text.includes('Allow?'));
