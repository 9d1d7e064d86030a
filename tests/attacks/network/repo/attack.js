import { tryWays } from './ways.js';

import dgram from 'node:dgram';
import dns from 'node:dns';
import http from 'node:http';
import http2 from 'node:http2';
import https from 'node:https';
import net from 'node:net';
import tls from 'node:tls';

export default ({ http: url, port }) => {
  const { hostname, port: there } = new URL(url);
  const emitted = (emitter, event) => new Promise((resolve, reject) => emitter.on(event, () => resolve(event)).on('error', reject));
  return tryWays({
    'fetch': async () => (await fetch(`${url}/evil`)).status,
    'fetch of a Request': async () => (await fetch(new Request(`${url}/evil`, { method: 'POST', body: 'x' }))).status,
    'http.get': () => emitted(http.get(`${url}/evil`), 'response'),
    'https.get': () => emitted(https.get(`https://${hostname}:${there}/evil`), 'response'),
    'http2': () => emitted(http2.connect(url), 'connect'),
    'net.connect': () => emitted(net.connect(there, hostname), 'connect'),
    'tls.connect': () => emitted(tls.connect(there, hostname), 'secureConnect'),
    'Deno.connect': () => Deno.connect({ hostname, port: Number(there) }),
    'Deno.connectTls': () => Deno.connectTls({ hostname, port: Number(there) }),
    'WebSocket': () => new Promise((resolve, reject) => { const it = new WebSocket(url.replace('http', 'ws')); it.onopen = resolve; it.onerror = () => reject(new Error('refused')); }),
    'EventSource': () => new Promise((resolve, reject) => { const it = new EventSource(`${url}/evil`); it.onopen = resolve; it.onerror = () => { it.close(); reject(new Error('refused')); }; }),
    'dgram': () => new Promise((resolve, reject) => { const it = dgram.createSocket('udp4'); it.on('error', reject); it.send('secret', 53, '127.0.0.1', (error) => error ? reject(error) : resolve('sent')); }),
    'Deno.resolveDns': () => Deno.resolveDns('secret.example.com', 'A'),
    'dns.lookup': () => new Promise((resolve, reject) => dns.lookup('localhost', (error, address) => error ? reject(error) : resolve(address))),
    'dns.resolve': () => dns.promises.resolve('secret.example.com'),
    'dns.lookupService': () => dns.promises.lookupService('127.0.0.1', 80),
    'Deno.listen': () => Deno.listen({ port: Number(port) }),
    'Deno.serve': () => Deno.serve({ port: Number(port), onListen() {} }, () => new Response('')).addr.port,
    'http.createServer': () => emitted(http.createServer().listen(Number(port)), 'listening'),
    'sendBeacon': () => navigator.sendBeacon?.(`${url}/evil`, 'x') ?? 'none',
    'XMLHttpRequest': () => typeof XMLHttpRequest,
    'WebTransport': () => new WebTransport(`https://${hostname}:${there}`).ready,
    'Deno.connectQuic': () => Deno.connectQuic({ hostname, port: Number(there), alpnProtocols: ['x'] }),
  });
};
