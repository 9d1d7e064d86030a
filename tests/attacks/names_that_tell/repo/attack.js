import { tryWays } from './ways.js';

import { getProvider } from 'prizm';
import { createRequire } from 'node:module';

export default ({ http, secret }) => tryWays({
  'a repository': () => getProvider(`git+${http}/told/${secret}.git`),
  'a repository of GitHub': () => getProvider(`github:told/${secret}`),
  'a package': () => getProvider(`npm:told-${secret}`),
  'a module': () => getProvider(`${http}/told/${secret}.js`),
  'an import': () => import(`npm:told-${secret}`),
  'a require': () => createRequire(import.meta.url)(`told-${secret}`),
  'a worker': () => new Promise((resolve, reject) => {
    const worker = new Worker(`npm:told-${secret}`, { type: 'module' });
    worker.onerror = (event) => { event.preventDefault(); reject(event.error ?? new Error(event.message)); };
    worker.onmessage = resolve;
  }),
  'a text of code': () => import(`data:text/javascript,import 'npm:told-${secret}'`),
  'an address': () => fetch(`${http}/told/${secret}`),
});
