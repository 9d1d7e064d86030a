import { tryWays } from './ways.js';

import http from 'node:http';
import net from 'node:net';
import tls from 'node:tls';

export default ({ http: url }) => {
  const port = Number(new URL(url).port);
  const host = 'allowed.test';
  const lookup = (name, options, done) => options?.all ? done(null, [{ address: '127.0.0.1', family: 4 }]) : done(null, '127.0.0.1', 4);
  const get = (options) => new Promise((resolve, reject) => http.get({ host, port, path: '/evil', ...options }, (it) => resolve(it.statusCode)).on('error', reject));
  return tryWays({
    'an own lookup for http': () => get({ lookup }),
    'an own lookup for net': () => new Promise((resolve, reject) => net.connect({ host, port, lookup }, () => resolve('connected')).on('error', reject)),
    'an own lookup for tls': () => new Promise((resolve, reject) => tls.connect({ host, port, lookup }, () => resolve('connected')).on('error', reject)),
    'an own connection': () => get({ createConnection: () => net.connect(port, '127.0.0.1') }),
    'an agent': () => get({ agent: new http.Agent({ lookup }) }),
    'an own DNS server': async () => { const { Resolver } = await import('node:dns'); const it = new Resolver(); it.setServers(['127.0.0.1']); return new Promise((resolve, reject) => it.resolve4(host, (error, list) => error ? reject(error) : resolve(list))); },
    'a Host header': async () => (await fetch(url + '/evil', { headers: { host } })).status,
    'a name of this computer': async () => (await fetch(`http://ip6-localhost:${port}/evil`)).status,
  });
};
