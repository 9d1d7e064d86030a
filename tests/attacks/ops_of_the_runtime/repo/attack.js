import { tryWays } from './ways.js';

const { core } = Deno[Deno.internal];

export default ({ home }) => {
  const path = `${home}/secret.txt`;
  const ops = Object.getOwnPropertyNames(core.ops).filter((name) => name.startsWith('op_'));
  const call = (...list) => async () => {
    const found = [];
    for (const name of ops) {
      try {
        const result = await Promise.race([core.ops[name](...list), new Promise((resolve) => setTimeout(resolve, 50))]);
        if (JSON.stringify(result ?? '').includes('4f9d2c81b7e6')) found.push(name);
      } catch {
        // Refused, or called wrongly.
      }
    }
    return found.join() || 'nothing';
  };
  return tryWays({
    'with a path': call(path),
    'with a path twice': call(path, path),
    'with nothing': call(),
    'with numbers': call(3, 3),
    'with a name': call('SECRET'),
    'how few there are': () => ops.length < 100,
    'ops by name': () => ['op_fs_read_file_sync', 'op_read_all', 'op_get_env', 'op_spawn_child', 'op_prizm_link_post'].filter((name) => name in core.ops).join(),
    'opAsync': () => core.opAsync?.('op_read_all', 3) ?? 'none',
    'another realm': () => core.createRealm?.() ?? 'none',
    'evalContext': () => core.evalContext?.('String(globalThis.secretOfTheScript)', 'x')[0],
    'loadExtScript': () => core.loadExtScript?.('ext:deno_fs/30_fs.js').readTextFileSync(path),
    'createLazyLoader': () => core.createLazyLoader?.('ext:prizm/ops.ts')() ?? 'none',
    'resources': () => Object.keys(core.resources()).length,
    'close of what is not ours': () => { for (let rid = 3; rid < 100; rid++) core.tryClose(rid); return 'done'; },
  });
};
