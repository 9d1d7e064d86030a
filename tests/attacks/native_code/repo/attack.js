import { tryWays } from './ways.js';

import { createRequire } from 'node:module';

export default () => {
  const libc = '/lib/x86_64-linux-gnu/libc.so.6';
  const load = createRequire(import.meta.url);
  return tryWays({
    'require of an addon': () => load('./addon.node'),
    'process.dlopen': () => process.dlopen({ exports: {} }, new URL('./addon.node', import.meta.url).pathname),
    'Deno.dlopen': () => Deno.dlopen(libc, { getpid: { parameters: [], result: 'i32' } }).symbols.getpid(),
    'Deno.UnsafePointer': () => Deno.UnsafePointer.create(4096n),
    'Deno.UnsafePointerView': () => Deno.UnsafePointerView.getCString(Deno.UnsafePointer.create(4096n)),
    'Deno.UnsafeCallback': () => new Deno.UnsafeCallback({ parameters: [], result: 'void' }, () => {}),
    'Deno.UnsafeFnPointer': () => new Deno.UnsafeFnPointer({}, { parameters: [], result: 'void' }).call(),
    'an extension of SQLite': async () => {
      const { DatabaseSync } = await import('node:sqlite');
      const database = new DatabaseSync(':memory:', { allowExtension: true });
      database.enableLoadExtension(true);
      return database.loadExtension(libc);
    },
    'an import of an addon': () => import('./addon.node'),
  });
};
