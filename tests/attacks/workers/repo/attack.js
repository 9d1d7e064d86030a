import { tryWays } from './ways.js';

const source = (path) => `
  const ways = [
    () => Deno.readTextFileSync(${JSON.stringify(path)}),
    () => Deno.env.get('SECRET'),
    () => new Deno.Command('sh').outputSync().code,
    () => Deno.permissions.requestSync({ name: 'read' }).state,
  ];
  postMessage(ways.map((way) => { try { return 'got ' + way(); } catch (error) { return error.name; } }).join(' '));
`;

export default ({ home }) => {
  const path = `${home}/secret.txt`;
  const inWorker = (url, permissions) => new Promise((resolve, reject) => {
    const worker = new Worker(url, { type: 'module', ...(permissions && { deno: { permissions } }) });
    worker.onmessage = ({ data }) => { worker.terminate(); resolve(data); };
    worker.onerror = (event) => { event.preventDefault(); reject(new Error(event.message)); };
  });
  const data = `data:text/javascript,${encodeURIComponent(source(path))}`;
  return tryWays({
    'data:': () => inWorker(data),
    'blob:': () => inWorker(URL.createObjectURL(new Blob([source(path)], { type: 'text/javascript' }))),
    'all permissions': () => inWorker(data, { read: true, env: true, run: true, net: true }),
    'one file': () => inWorker(data, { read: [path] }),
    'inherited': () => inWorker(data, 'inherit'),
    'none': () => inWorker(data, 'none'),
    'a worker of a worker': () => inWorker(`data:text/javascript,${encodeURIComponent(`
      const worker = new Worker(${JSON.stringify(data)}, { type: 'module' });
      worker.onmessage = ({ data }) => postMessage(data);
    `)}`),
  });
};
