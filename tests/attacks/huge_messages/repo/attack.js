const sizes = {
  text: () => 'x'.repeat(2 ** 29 - 100),
  'list of texts': () => { const text = 'x'.repeat(2 ** 26); return Array.from({ length: 64 }, (_, at) => text + at); },
  'array-like': () => ({ length: 2 ** 53 - 1, get 0() { return 1; } }),
  'sparse array': () => { const list = []; list.length = 2 ** 32 - 1; return list; },
  'deep': () => { let at = {}; const root = at; for (let depth = 0; depth < 1e6; depth++) at = at.next = {}; return root; },
  'endless iterator': () => (function* () { for (;;) yield 'x'; })(),
};
export default (kind) => sizes[kind]();
