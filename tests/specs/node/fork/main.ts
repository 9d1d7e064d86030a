import { fork } from 'node:child_process';

const child = fork(new URL('./child.ts', import.meta.url).pathname, ['--unstable-looking']);
child.on('message', (message) => {
  console.log('parent got', (message as { n: number }).n);
  child.disconnect();
});
child.on('exit', (code) => console.log('exit', code));
child.send({ n: 20 });
