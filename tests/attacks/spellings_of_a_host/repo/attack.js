import { tryWays } from './ways.js';

import http from 'node:http';
import net from 'node:net';

const HOSTS = [
  '127.0.0.1', 'localhost', 'LOCALHOST', 'localhost.', 'a.localhost', '127.1', '127.0.1', '2130706433', '0x7f000001', '0x7f.0.0.1', '017700000001',
  '0177.0.0.1', '127.0.0.01', '0', '0.0.0.0', '[::1]', '[::]', '[::ffff:127.0.0.1]', '[::ffff:7f00:1]', '[0:0:0:0:0:ffff:127.0.0.1]', '[64:ff9b::7f00:1]',
  '\u2460\u2461\u2466.0.0.1', '127\u30020\u30020\u30021', '127.0.0.1%00.example.com', 'example.com@127.0.0.1', '127.0.0.1#.example.com', '127.0.0.1\\@example.com',
];

export default async ({ http: url }) => {
  const { port } = new URL(url);
  const bare = (host) => host.replace(/^\[|\]$/g, '');
  const lines = [];
  for (const host of HOSTS) {
    const results = await tryWays({
      fetch: async () => (await fetch(`http://${host}:${port}/evil`)).status,
      http: () => new Promise((resolve, reject) => http.get({ host: bare(host), port, path: '/evil' }, resolve).on('error', reject)),
      connect: () => Deno.connect({ hostname: bare(host), port: Number(port) }),
      net: () => new Promise((resolve, reject) => net.connect(Number(port), bare(host), resolve).on('error', reject)),
    });
    const got = results.filter((line) => line.includes('got'));
    lines.push(`${JSON.stringify(host)}: ${got.join() || 'refused'}`);
  }
  return lines;
};
