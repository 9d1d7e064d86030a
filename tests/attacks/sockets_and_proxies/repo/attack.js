import { tryWays } from './ways.js';

import http from 'node:http';
import net from 'node:net';

export default ({ http: url, proxy, socket }) => {
  const emitted = (emitter, event) => new Promise((resolve, reject) => emitter.on(event, () => resolve(event)).on('error', reject));
  const through = async (options, to = 'http://allowed.test/evil') => {
    const client = Deno.createHttpClient(options);
    return (await fetch(to, { client })).status;
  };
  return tryWays({
    'Deno.connect': () => Deno.connect({ transport: 'unix', path: socket }),
    'net.connect': () => emitted(net.connect(socket), 'connect'),
    'net.connect with a path': () => emitted(net.connect({ path: socket }), 'connect'),
    'an abstract socket': () => emitted(net.connect('\0docker'), 'connect'),
    'http over it': () => emitted(http.get({ socketPath: socket, path: '/containers/json' }), 'response'),
    'Deno.listen': () => Deno.listen({ transport: 'unix', path: `${socket}.new` }),
    'net.createServer': () => emitted(net.createServer().listen(`${socket}.new`), 'listening'),
    'a client on it': () => through({ proxy: { transport: 'unix', path: socket } }),
    'fetch of it': async () => (await fetch(`http+unix://${encodeURIComponent(socket)}/`)).status,
    'a proxy': () => through({ proxy: { url: proxy } }),
    'a SOCKS proxy': () => through({ proxy: { url: proxy.replace('http', 'socks5') } }),
    'a proxy over TCP': () => through({ proxy: { transport: 'tcp', hostname: '127.0.0.1', port: Number(new URL(proxy).port) } }),
    'a proxy in the environment': () => { process.env.HTTP_PROXY = proxy; return through({}); },
    'a local address': () => through({ localAddress: '127.0.0.1' }, `${url}/evil`),
  });
};
