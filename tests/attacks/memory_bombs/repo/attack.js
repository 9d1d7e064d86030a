const bombs = {
  heap: () => { const list = []; for (;;) list.push({ at: list.length, text: `number ${list.length}` }); },
  buffers: () => { const list = []; for (;;) list.push(new Uint8Array(1 << 24).fill(1)); },
  text: () => { let text = 'x'; const list = []; for (;;) { text += text.slice(0, 1 << 20); list.push(text.split('')); } },
  wasm: () => {
    const memories = [];
    for (;;) { const memory = new WebAssembly.Memory({ initial: 256 }); memory.grow(256); new Uint8Array(memory.buffer).fill(1); memories.push(memory); }
  },
  'wasm grown': () => { const memory = new WebAssembly.Memory({ initial: 1, maximum: 65536 }); for (;;) { memory.grow(1024); new Uint8Array(memory.buffer).fill(1); } },
  array: () => new Array(2 ** 32 - 1).fill(0),
  map: () => { const map = new Map(); for (let at = 0;; at++) map.set(at, [at]); },
  blob: () => { const parts = []; for (;;) parts.push(new Blob([new Uint8Array(1 << 24)])); },
  'shared memory': () => { const list = []; for (;;) { const it = new Uint8Array(new SharedArrayBuffer(1 << 24)); it.fill(1); list.push(it); } },
};
export default (kind) => bombs[kind]();
