import { tryWays } from './ways.js';

import * as fs from 'node:fs';

const read = async (stream) => new TextDecoder().decode((await stream.getReader().read()).value);

export default () => tryWays({
  'Deno.stdin': async () => { const into = new Uint8Array(100); const count = await Deno.stdin.read(into); return count && into.subarray(0, count); },
  'Deno.stdin.readSync': () => Deno.stdin.readSync(new Uint8Array(100)),
  'Deno.stdin.readable': () => read(Deno.stdin.readable),
  'fs.readFileSync(0)': () => fs.readFileSync(0, 'utf8'),
  'fs.readSync': () => { const into = Buffer.alloc(100); fs.readSync(0, into); return into; },
  '/dev/stdin': () => fs.readFileSync('/dev/stdin', 'utf8'),
  'process.stdin': () => new Promise((resolve) => { process.stdin.on('data', (data) => resolve(data.toString())); process.stdin.on('end', () => resolve('its end')); }),
  'prompt': () => prompt('Password?'),
});
