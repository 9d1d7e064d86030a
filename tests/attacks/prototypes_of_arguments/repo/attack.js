import { tryWays } from './ways.js';

const look = (value) => {
  const found = [];
  const keys = ['constructor', '__proto__', 'prototype', 'caller', 'callee', 'arguments', 'toString', 'valueOf', 'bind', 'call', 'apply', '__lookupGetter__', 'then', 'stack', 'cause', 'hasOwnProperty', Symbol.iterator];
  const attempt = (work) => { try { return work(); } catch { return undefined; } };
  const run = (make) => attempt(() => make('return String(globalThis.secretOfTheScript)')());
  for (const key of keys) {
    const one = attempt(() => value[key]);
    if (one === undefined || one === null) continue;
    for (const make of [one, one.constructor, one.constructor?.constructor, Object.getPrototypeOf(one)?.constructor]) {
      if (typeof make === 'function' && run(make) === 'marker-4f9d2c81b7e6') found.push(String(key));
    }
  }
  const descriptor = attempt(() => Object.getOwnPropertyDescriptor(Object.getPrototypeOf(value), 'constructor')?.value);
  if (run(descriptor?.constructor) === 'marker-4f9d2c81b7e6') found.push('descriptor');
  attempt(() => { Object.getPrototypeOf(value).polluted = 'yes'; });
  attempt(() => { value.__proto__.polluted = 'yes'; });
  attempt(() => { value.constructor.prototype.polluted = 'yes'; });
  attempt(() => Object.setPrototypeOf(value, null));
  attempt(() => Object.defineProperty(value, 'toString', { value: () => 'changed' }));
  attempt(() => Reflect.construct(value, [], Object));
  return found.join() || 'nothing';
};

export default async (gifts, names) => {
  const lines = await tryWays(Object.fromEntries(names.map((name) => [name, () => look(gifts[name])])));
  const thrown = await tryWays({
    'an error thrown by a callback': () => { try { gifts.throwing(); } catch (error) { return look(error); } },
    'a result': () => look(gifts.result()),
    'a promise': async () => look(await gifts.later()),
    'a host function with an own this': () => look(gifts.self.call({})),
    'eval by a callback': () => gifts.call(eval, 'String(globalThis.secretOfTheScript)'),
    'Function by a callback': () => gifts.call(Function, 'return String(globalThis.secretOfTheScript)')?.(),
    'Reflect.apply by a callback': () => gifts.call(Reflect.apply, eval, undefined, ['globalThis.secretOfTheScript']),
  });
  return [...lines, ...thrown];
};
