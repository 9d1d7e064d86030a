import { tryWays } from './ways.js';

import { execFileSync, execSync, fork, spawnSync } from 'node:child_process';
import cluster from 'node:cluster';

export default ({ home, root }) => {
  const secret = `${home}/secret.txt`;
  const output = (name, options) => new TextDecoder().decode(new Deno.Command(name, options).outputSync().stdout);
  return tryWays({
    'what is granted': () => output('echo', { args: ['hello'] }),
    'cat': () => output('cat', { args: [secret] }),
    'a shell': () => execSync(`cat ${secret}`, { encoding: 'utf8' }),
    'a shell for the granted': () => spawnSync('echo', ['x;', 'cat', secret], { shell: true, encoding: 'utf8' }).stdout,
    'its shell': () => spawnSync('echo', [secret], { shell: `${root}/bin/cat`, encoding: 'utf8' }).stdout,
    'by path': () => execFileSync(`${root}/bin/cat`, [secret], { encoding: 'utf8' }),
    'of that name elsewhere': () => output(new URL('./echo', import.meta.url).pathname),
    'in the own folder': () => output('./echo', { cwd: new URL('.', import.meta.url).pathname }),
    'on an own PATH': () => output('echo', { env: { PATH: new URL('.', import.meta.url).pathname } }),
    'argv0': () => spawnSync('cat', [secret], { argv0: 'echo', encoding: 'utf8' }).stdout,
    'this program': () => execFileSync(process.execPath, ['--version'], { encoding: 'utf8' }),
    'fork': () => fork(new URL('./attack.js', import.meta.url).pathname).pid,
    'cluster': () => { cluster.setupPrimary({ exec: 'x.js' }); return cluster.fork().id; },
    'Deno.Command of this program': () => output(Deno.execPath(), { args: ['run', '-A', secret] }),
    'a file as input': () => spawnSync('echo', [], { stdio: [Deno.openSync(secret), 'pipe', 'pipe'], encoding: 'utf8' }).stdout,
  });
};
