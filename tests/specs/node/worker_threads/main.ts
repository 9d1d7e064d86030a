import { Worker as Thread } from 'node:worker_threads';
const thread = new Thread(new URL('./thread.ts', import.meta.url));
await new Promise<void>((done) => thread.on('message', (value) => (console.log('thread', value), done())).postMessage(1));
await thread.terminate();
const worker = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' });
await new Promise<void>((done) => {
  worker.onmessage = (event) => (console.log('worker', event.data), done());
  worker.postMessage(2);
});
worker.terminate();
