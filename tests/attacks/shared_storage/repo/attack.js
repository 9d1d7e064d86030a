import { tryWays } from './ways.js';

export default (role) => role === 'keep' ? tryWays({
  localStorage: () => { localStorage.setItem('key', 'marker-4f9d2c81b7e6'); return 'kept'; },
  sessionStorage: () => { sessionStorage.setItem('key', 'marker-4f9d2c81b7e6'); return 'kept'; },
  caches: async () => { await (await caches.open('key')).put('http://a/', new Response('marker-4f9d2c81b7e6')); return 'kept'; },
  channel: () => { const it = new BroadcastChannel('key'); it.onmessage = () => it.postMessage('marker-4f9d2c81b7e6'); it.unref?.(); return 'kept'; },
  blob: () => { globalThis.blobUrl = URL.createObjectURL(new Blob(['marker-4f9d2c81b7e6'])); return 'kept'; },
  global: () => { globalThis.kept = 'marker-4f9d2c81b7e6'; return 'kept'; },
  'a registered symbol': () => { globalThis[Symbol.for('key')] = 'marker-4f9d2c81b7e6'; return 'kept'; },
  'the url of the blob': () => globalThis.blobUrl,
}) : tryWays({
  localStorage: () => localStorage.getItem('key'),
  sessionStorage: () => sessionStorage.getItem('key'),
  caches: async () => (await (await caches.open('key')).match('http://a/'))?.text(),
  channel: () => new Promise((resolve) => { const it = new BroadcastChannel('key'); it.onmessage = ({ data }) => resolve(data); it.postMessage('?'); }),
  blob: async () => (await fetch(role)).text(),
  global: () => globalThis.kept,
  'a registered symbol': () => globalThis[Symbol.for('key')],
  'a lock': () => navigator.locks?.request('key', () => 'free'),
});
