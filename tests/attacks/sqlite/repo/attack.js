import { tryWays } from './ways.js';

import { DatabaseSync, backup } from 'node:sqlite';

export default ({ home, root }) => {
  const memory = () => new DatabaseSync(':memory:');
  return tryWays({
    'memory': () => memory().prepare('select 1 as x').get().x,
    'a file': () => new DatabaseSync(`${home}/data.db`),
    'a file by URI': () => new DatabaseSync(`file:${home}/data.db?mode=ro`),
    'attach': () => memory().exec(`attach '${home}/data.db' as x`),
    'attach prepared': () => memory().prepare('attach ? as x').run(`${home}/data.db`),
    'vacuum into': () => memory().exec(`vacuum into '${root}/tmp/new.db'`),
    'backup': () => backup(memory(), `${root}/tmp/new.db`),
    'load_extension': () => memory().prepare("select load_extension('/lib/x86_64-linux-gnu/libc.so.6')").get(),
    'readfile': () => memory().prepare(`select readfile('${home}/secret.txt') as x`).get().x,
    'a virtual table': () => memory().exec(`create virtual table t using csv(filename='${home}/secret.txt')`),
  });
};
