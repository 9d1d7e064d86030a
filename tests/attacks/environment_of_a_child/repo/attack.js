import { tryWays } from './ways.js';

import { exec, execFileSync, execSync, spawn, spawnSync } from 'node:child_process';

export default () => {
  const has = (text) => String(text).includes('4f9d2c81b7e6') ? 'the secret' : 'nothing';
  const output = (command) => new TextDecoder().decode(command.outputSync().stdout);
  return tryWays({
    'a granted program': () => output(new Deno.Command('env', { args: ['echo', 'it runs'] })),
    'its pipes': () => new Promise((resolve, reject) => {
      const child = spawn('env', ['cat']);
      child.on('error', reject);
      child.stdout.on('data', (data) => resolve(String(data)));
      child.stdin.end('they are open');
    }),
    'Deno.Command': () => has(output(new Deno.Command('env'))),
    'Deno.Command with a variable': () => has(output(new Deno.Command('env', { env: { MINE: '1' } }))),
    'execFileSync': () => has(execFileSync('env')),
    'spawnSync': () => has(spawnSync('env').stdout),
    'spawnSync with an environment': () => has(spawnSync('env', { env: { MINE: '1' } }).stdout),
    'spawnSync with theirs': () => has(spawnSync('env', { env: process.env }).stdout),
    'a shell': () => has(execSync('env')),
    'an asynchronous shell': () => new Promise((resolve, reject) => exec('env', (error, text) => error ? reject(error) : resolve(has(text)))),
    'LD_PRELOAD': () => output(new Deno.Command('env', { env: { LD_PRELOAD: '/evil.so' } })),
    'clearEnv': () => has(output(new Deno.Command('env', { clearEnv: true }))),
  });
};
