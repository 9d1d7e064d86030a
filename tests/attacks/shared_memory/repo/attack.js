import { tryWays } from './ways.js';

export default (gift, take) => tryWays({
  'a SharedArrayBuffer': () => take(new SharedArrayBuffer(8)),
  'a view of one': () => take(new Uint8Array(new SharedArrayBuffer(8))),
  'shared Wasm memory': () => take(new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true })),
  'its buffer': () => take(new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true }).buffer),
  'what it was given': () => { gift[0] = 99; return 'written'; },
  'what it gave': () => { const mine = new Uint8Array(8); take(mine); mine[0] = 77; return 'written'; },
});
