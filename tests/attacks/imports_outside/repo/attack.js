import { tryWays } from './ways.js';

export default ({ dir, home, cache }) => {
  const path = `file://${dir}/secret`;
  return tryWays({
    'own JSON': async () => (await import('./own.json', { with: { type: 'json' } })).default,
    'code': () => import(`${path}.js`),
    'code with a query': () => import(`${path}.js?a=b#c`),
    'relative': () => import(`../../../../../..${dir}/secret.js`),
    'JSON': () => import(`${path}.json`, { with: { type: 'json' } }),
    'text': () => import(`file://${home}/secret.txt`, { with: { type: 'text' } }),
    'bytes': () => import(`file://${home}/secret.txt`, { with: { type: 'bytes' } }),
    'WebAssembly': () => import(`${path}.wasm`),
    'the lock': () => import(`file://${dir}/prizm.lock`, { with: { type: 'json' } }),
    'from data': () => import(`data:text/javascript,export * from ${JSON.stringify(`${path}.js`)}`),
    'import.meta.resolve': async () => import(import.meta.resolve(`${path}.js`)),
    'as a worker': () => new Promise((resolve, reject) => {
      const worker = new Worker(`${path}.js`, { type: 'module' });
      worker.onmessage = ({ data }) => resolve(data);
      worker.onerror = (event) => { event.preventDefault(); reject(new Error(event.message)); };
    }),
    'an error that quotes it': () => import(`file://${home}/secret.txt`).catch((error) => `${error.message} ${error.stack}`.includes('4f9d2c81b7e6') ? 'its text' : Promise.reject(error)),
    'dots in a package name': () => import(`npm:../../../${dir}/secret`),
    'a source map': async () => (await import('./mapped.js')).fail(),
  });
};
