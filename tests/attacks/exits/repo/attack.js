import v8 from 'node:v8';
import { Worker } from 'node:worker_threads';

const ends = {
  'process.exit': () => process.exit(3),
  'process.reallyExit': () => process.reallyExit(3),
  'Deno.exit': () => Deno.exit(3),
  'close': () => globalThis.close(),
  'process.abort': () => process.abort(),
  'a signal to itself': () => process.kill(process.pid, 'SIGKILL'),
  'a signal by Deno': () => Deno.kill(Deno.pid, 'SIGKILL'),
  'a signal to the parent': () => process.kill(process.ppid, 'SIGTERM'),
  'a signal to all': () => process.kill(-1, 'SIGKILL'),
  'a signal to the group': () => process.kill(0, 'SIGKILL'),
  'an unstable feature': () => new Worker('data:text/javascript,1', { deno: { permissions: 'none' } }) && Deno.connect({ transport: 'vsock', cid: 2, port: 2 }),
  'a store': () => Deno.openKv(':memory:'),
  'flags of V8': () => v8.setFlagsFromString('--stack-size=1'),
  'a title': () => { process.title = 'x'; },
  'an error': () => { setTimeout(() => { throw new Error('later'); }); return new Promise(() => {}); },
  'a rejection': () => { void Promise.reject(new Error('later')); return new Promise(() => {}); },
  'an exit later': () => { setTimeout(() => process.exit(4)); return new Promise(() => {}); },
  'an exit code': () => { process.exitCode = 77; Deno.exitCode = 77; return 'set'; },
  'beforeExit': () => { process.on('exit', () => process.exit(5)); return 'set'; },
  'chdir': () => process.chdir('/'),
  'umask': () => process.umask(0),
  'setuid': () => process.setuid(65534),
  'priority': () => import('node:os').then((os) => os.setPriority(19)),
};
export default (kind) => ends[kind]();
