const loops = {
  loop: () => { for (;;); },
  microtasks: () => { const next = () => Promise.resolve().then(next); return next(); },
  nextTick: () => { const next = () => process.nextTick(next); next(); return new Promise(() => {}); },
  expression: () => /^(a+)+$/.test('a'.repeat(40) + 'b'),
  recursion: () => { const deeper = () => deeper(); deeper(); },
  wait: () => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0),
  never: () => new Promise(() => {}),
  sort: () => { new Array(1e7).fill(0).sort(() => { for (;;); }); },
  getter: () => ({ get length() { for (;;); } }),
  'caught again': () => { for (;;) { try { for (;;); } catch { /* again */ } finally { for (;;); } } },
};
export default (kind) => loops[kind]();
