let found = 'nothing';
const look = (resolve) => {
  for (const make of [resolve.constructor, resolve.__proto__?.constructor, Object.getPrototypeOf(resolve)?.constructor]) {
    try {
      if (make('return String(globalThis.secretOfTheScript)')() === 'marker-4f9d2c81b7e6') found = 'the script';
    } catch {
      // Not this one.
    }
  }
};
export default (kind) => {
  if (kind === 'found') return found;
  if (kind === 'then') return { value: { then(resolve, reject) { look(resolve); look(reject); resolve('resolved'); resolve('twice'); } } };
  if (kind === 'getter') return { value: { get then() { return (resolve) => { look(resolve); resolve({ then: (next) => { look(next); next('resolved'); } }); }; } } };
  if (kind === 'throwing') return { value: { get then() { throw new Error('no then'); } } };
  if (kind === 'alternating') { let asked = 0; return { value: { get then() { return asked++ % 2 ? undefined : (resolve) => resolve('once'); } } }; }
  return { value: { then() {} } };
};
