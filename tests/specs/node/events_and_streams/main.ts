import { EventEmitter } from 'events';
import { Readable, Writable } from 'stream';
import { pipeline } from 'stream/promises';
import { createGunzip, createGzip } from 'zlib';
import { createHash } from 'crypto';
import { fileURLToPath } from 'url';
import { tmpdir } from 'os';
import { inspect } from 'util';
import assert from 'assert';
const emitter = new EventEmitter();
emitter.on('x', (value) => console.log('got', value));
emitter.emit('x', 1);
let text = '';
const sink = new Writable({ write: (chunk, _, done) => ((text += chunk), done()) });
await pipeline(Readable.from(['round ', 'trip']), createGzip(), createGunzip(), sink);
console.log(text);
console.log(createHash('md5').update('abc').digest('hex'));
console.log(fileURLToPath('file:///a%20b'));
console.log(tmpdir() === process.env.TMPDIR);
console.log(inspect({ a: [1, 2] }));
try {
  assert.strictEqual(1, 2);
} catch (error) {
  console.log(error.name);
}
