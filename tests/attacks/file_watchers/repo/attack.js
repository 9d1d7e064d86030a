import { tryWays } from './ways.js';

import * as fs from 'node:fs';

export default ({ home }) => {
  const heard = (start) => new Promise((resolve, reject) => { try { start(resolve, reject); } catch (error) { reject(error); } });
  return tryWays({
    'Deno.watchFs': () => Deno.watchFs(home),
    'Deno.watchFs of a file': () => Deno.watchFs(`${home}/secret.txt`),
    'fs.watch': () => heard((resolve, reject) => fs.watch(home, (event, name) => resolve(name)).on('error', reject)),
    'fs.promises.watch': async () => { for await (const { filename } of fs.promises.watch(home)) return filename; },
    'fs.watchFile': () => heard((resolve) => fs.watchFile(`${home}/secret.txt`, { interval: 50 }, (now) => resolve(now.size || Promise.reject(new Error('nothing'))))),
  });
};
