import { getProvider } from 'prizm';

(globalThis as any).secretOfTheScript = 'marker-4f9d2c81b7e6';

class Own { #hidden = 'x'; value = 1; get hidden() { return this.#hidden; } method() { return this; } }
const provider: any = await getProvider('github:evil/thief');
const gifts = {
  function: () => 1, arrow: async () => 1, class: Own, instance: new Own(), object: { get value() { return 1; } }, map: new Map([[1, () => 1]]),
  array: [() => 1], error: Object.assign(new TypeError('x'), { fn: () => 1 }), date: new Date(0), promise: Promise.resolve(() => 1),
  generator: (function* () { yield 1; })(), proxy: new Proxy({}, {}), buffer: new Uint8Array(4), signal: new AbortController().signal,
  stream: new ReadableStream(), headers: new Headers(), symbol: Symbol('x'), event: new EventTarget(), url: new URL('http://a'),
  throwing() { throw new Error('mine'); }, result: () => ({ get x() { return 1; } }), later: async () => () => 1,
  self(this: unknown) { return this ?? Own; }, call: (f: any, ...list: any[]) => f(...list),
};
for (const line of await provider.attack(gifts, Object.keys(gifts))) console.log(line);
console.log('polluted:', ({} as any).polluted, (() => 1 as any).polluted, (Own.prototype as any).polluted, new Own().toString());
