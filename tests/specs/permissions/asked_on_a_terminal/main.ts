import { onTerminal, until } from './terminal.ts';

const answer = (key: string, word: string) =>
  onTerminal('run -A inner.ts', async (seen, type) => {
    await until(seen, 'Allow?');
    while (!seen().includes(word)) {
      await type(`${key}\n`);
      await new Promise((done) => setTimeout(done, 400));
    }
  });
const lock = () => {
  try {
    return Deno.readTextFileSync('prizm.lock').includes('"accepted"') ? 'granted' : 'no lock of grants';
  } catch {
    return 'no lock of grants';
  }
};

const question = `┏ ⚠️  github:acme/x@v1 asks for permissions:
┃  - talk to api.x.com:443
┃  ! run the program ffmpeg; it is bound by no permission
┠─ \`!\` marks what can do harm beyond the provider's own folders and hosts.
┠─ github:acme/x@`;
const refused = await answer('n', 'Denied');
console.log('n', refused.replaceAll('\r', '').includes(question), refused.includes('the permissions of github:acme/x@v1 were refused'));
console.log(lock());
console.log('y', (await answer('y', 'Granted')).includes('x own file'));
console.log(lock());
console.log('A', (await answer('A', 'Granted')).includes('x own file'));
console.log(lock());
const later = await onTerminal('run -A inner.ts', (seen) => until(seen, 'x own file'));
console.log('not asked', !later.includes('Allow?'));
