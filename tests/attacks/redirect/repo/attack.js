import { tryWays } from './ways.js';

export default ({ http: url, npm }) => tryWays({
  'what is granted': async () => (await fetch(`${url}/free.txt`)).text(),
  'the other': async () => (await fetch(`${npm}/denied`)).status,
  'fetch': async () => (await fetch(`${url}/away`)).status,
  'fetch with a body': async () => (await fetch(`${url}/away`, { method: 'POST', body: 'secret' })).status,
  'by hand': async () => (await fetch(`${url}/away`, { redirect: 'manual' })).status,
  'twice': async () => (await fetch(`${url}/again`)).status,
  'EventSource': () => new Promise((resolve, reject) => { const it = new EventSource(`${url}/away`); it.onopen = resolve; it.onerror = () => { it.close(); reject(new Error('refused')); }; }),
  'Wasm by streaming': () => WebAssembly.compileStreaming(fetch(`${url}/away`)),
});
