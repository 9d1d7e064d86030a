import { tryWays } from './ways.js';

import * as fs from 'node:fs';
import { Socket } from 'node:net';
import { ReadStream } from 'node:tty';

const each = (work) => async () => {
  const found = [];
  for (let fd = 3; fd < 60; fd++) {
    try {
      const text = String(await work(fd));
      if (text.includes('4f9d2c81b7e6')) found.push('the secret');
    } catch {
      // There is no such number, or it is refused.
    }
  }
  return found.join() || 'nothing';
};
const core = Deno[Deno.internal].core;
const { ops } = core;
const bytes = () => Buffer.alloc(100);
const firstOf = (stream) => new Promise((resolve) => {
  const timer = setTimeout(resolve, 20, '');
  stream.on('data', (data) => { clearTimeout(timer); resolve(data); });
  stream.on('error', () => resolve(''));
});

export default () => tryWays({
  'fs.readSync': each((fd) => { const into = bytes(); fs.readSync(fd, into, 0, 100, 0); return into; }),
  'fs.readFileSync': each((fd) => fs.readFileSync(fd, 'utf8')),
  'fs.fstatSync': each((fd) => fs.fstatSync(fd).size === 19 ? 'marker-4f9d2c81b7e6' : ''),
  'fs.writeSync': each((fd) => fs.writeSync(fd, 'x') ? 'marker-4f9d2c81b7e6' : ''),
  'fs.createReadStream': each((fd) => firstOf(fs.createReadStream('', { fd, autoClose: false }))),
  'net.Socket': each((fd) => firstOf(new Socket({ fd }))),
  'tty.ReadStream': each((fd) => firstOf(new ReadStream(fd))),
  'ops: op_read': each(async (fd) => { const into = bytes(); await core.read?.(fd, into); return into; }),
  'ops: op_read_sync': each((fd) => { const into = bytes(); core.readSync?.(fd, into); return into; }),
  'resources': () => Object.values(core.resources?.() ?? {}).join(),
});
