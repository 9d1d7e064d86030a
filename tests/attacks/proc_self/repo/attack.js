import { tryWays } from './ways.js';

import * as fs from 'node:fs';

export default ({ dir }) => tryWays({
  'what is granted': () => Deno.readTextFile(`${dir}/free.txt`),
  environ: () => Deno.readTextFile('/proc/self/environ'),
  'environ of the number': () => fs.readFileSync(`/proc/${process.pid}/environ`, 'utf8'),
  'environ of the thread': () => fs.readFileSync('/proc/thread-self/environ', 'utf8'),
  'the root again': () => fs.readFileSync(`/proc/self/root/${dir}/free.txt`, 'utf8'),
  'the working folder': () => fs.readFileSync('/proc/self/cwd/free.txt', 'utf8'),
  memory: () => fs.openSync('/proc/self/mem', 'r'),
  descriptors: () => fs.readdirSync('/proc/self/fd').length,
  'descriptors by /dev': () => fs.readdirSync('/dev/fd').length,
  maps: () => Deno.readTextFile('/proc/self/maps'),
  'command line': () => Deno.readTextFile('/proc/self/cmdline'),
  parent: () => Deno.readTextFile(`/proc/${Deno.ppid}/environ`),
  'dots': () => Deno.readTextFile('/dev/../proc/self/environ'),
  'a link of the kernel': () => fs.readFileSync('/dev/stdin', 'utf8'),
});
