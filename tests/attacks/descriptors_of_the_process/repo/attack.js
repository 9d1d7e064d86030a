import { tryWays } from './ways.js';

import * as fs from 'node:fs';
import { Server, Socket } from 'node:net';
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
const { TTY } = ops;
const { Pipe } = process.binding('pipe_wrap');
const { TCP } = process.binding('tcp_wrap');
const opened = (handle, fd) => handle.open(fd) === 0 ? 'marker-4f9d2c81b7e6' : '';
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
  'net.Server': each((fd) => new Promise((resolve) => {
    const server = new Server();
    server.on('error', () => resolve(''));
    server.listen({ fd }, () => resolve('marker-4f9d2c81b7e6'));
  })),
  'Pipe.open': each((fd) => opened(new Pipe(0), fd)),
  'TCP.open': each((fd) => opened(new TCP(0), fd)),
  'the class of terminals': each((fd) => { const context = {}; new TTY(fd, context); return context.code ?? 'marker-4f9d2c81b7e6'; }),
  'its constructor': each((fd) => { const context = {}; new TTY.prototype.constructor(fd, context); return context.code ?? 'marker-4f9d2c81b7e6'; }),
  'a class of its own': each((fd) => { const context = {}; new (class extends TTY {})(fd, context); return context.code ?? 'marker-4f9d2c81b7e6'; }),
  'net.Socket, of one': () => new Socket({ fd: 3 }),
  'tty.ReadStream, of one': () => new ReadStream(3),
  'tty.ReadStream, of the input': () => new ReadStream(0),
  'Pipe.open, of one': () => new Pipe(0).open(3),
  'TCP.open, of one': () => new TCP(0).open(3),
  'TCP.open, of an output': () => new TCP(0).open(1),
  'a terminal, of one': () => new TTY(3, {}),
  'a terminal, by its constructor': () => new TTY.prototype.constructor(3, {}),
  'ops: op_read': each(async (fd) => { const into = bytes(); await core.read?.(fd, into); return into; }),
  'ops: op_read_sync': each((fd) => { const into = bytes(); core.readSync?.(fd, into); return into; }),
  'resources': () => Object.values(core.resources?.() ?? {}).join(),
});
