import { tryWays } from './ways.js';

import * as fs from 'node:fs';

export default ({ cache, own, victim, tree }) => tryWays({
  'own cache': () => {
    fs.writeFileSync(`${own}/x`, 'mine');
    return fs.readFileSync(`${own}/x`, 'utf8');
  },
  'by its name': () => fs.readFileSync(`${victim}/key.txt`, 'utf8'),
  'list': () => fs.readdirSync(`${cache}/data-v1`).join(),
  'dots': () => fs.readFileSync(`${own}/../${victim.split('/').pop()}/key.txt`, 'utf8'),
  'its code': () => fs.readFileSync(tree, 'utf8'),
  'its code, imported': () => import(`file://${tree}`),
  'its code, changed': () => fs.appendFileSync(tree, '// changed'),
  'own code, changed': () => fs.appendFileSync(new URL(import.meta.url), '// changed'),
  'own code, removed': () => fs.rmSync(new URL(import.meta.url)),
  'own code, made writable': () => fs.chmodSync(new URL(import.meta.url), 0o777),
  'compiled code': () => fs.readdirSync(`${cache}/js-v1`).length,
});
