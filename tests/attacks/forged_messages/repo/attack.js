import { tryWays } from './ways.js';

const { core } = Deno[Deno.internal];
const { serialize } = core;

export default (kind) => {
  if (kind === 'ops') {
    const names = Object.getOwnPropertyNames(core.ops);
    return tryWays({
      'ops of the wire': () => names.filter((name) => name.startsWith('op_prizm')).join(),
      'ops by import': () => import('ext:core/ops'),
      'modules of the membrane': () => import('ext:prizm/isolate/links.ts'),
      'the host object, changed': () => { globalThis[Symbol.for('prizm.host')] = { module: () => 1 }; return 'set'; },
    });
  }
  const forged = {
    'someone else\'s object': [[0, new Number(0), 0], [[0, 1]]],
    'every number': [[0, ...Array.from({ length: 100 }, (_, at) => new Number(at))], Array.from({ length: 100 }, (_, at) => [0, at])],
    'a buffer of another': [[0, new Number(0), 0], [[10, 1]]],
    'an operation': [[8, 1, undefined, ['return globalThis']], []],
    'the function of the script': [[0, new Number(0), 0], [[2, 'Function']]],
    'the global of the script': [[0, new Number(0), 0], [[2, 'globalThis']]],
    'nonsense': 'x'.repeat(1000),
  };
  core.serialize = () => { core.serialize = serialize; return serialize(forged[kind]); };
  // What needs a special, so that the other side looks for one.
  return () => 1;
};
