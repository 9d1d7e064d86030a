import { tryWays } from './ways.js';

import { BroadcastChannel, getEnvironmentData, parentPort, receiveMessageOnPort, SHARE_ENV, threadId, Worker, workerData } from 'node:worker_threads';

export default ({ home }) => {
  const run = (code, options = {}) => new Promise((resolve, reject) => {
    const worker = new Worker(`const { parentPort } = require('node:worker_threads'); parentPort.postMessage(${code});`, { eval: true, ...options });
    worker.on('message', (text) => { worker.terminate(); resolve(text); });
    worker.on('error', reject);
  });
  const secret = JSON.stringify(`${home}/secret.txt`);
  return tryWays({
    'works': () => run('1 + 1'),
    'a file': () => run(`require('node:fs').readFileSync(${secret}, 'utf8')`),
    'the environment': () => run('process.env.SECRET'),
    'the shared environment': () => run('process.env.SECRET', { env: SHARE_ENV }),
    'all of the environment': () => run('JSON.stringify(process.env)', { env: SHARE_ENV }),
    'options of the runtime': () => run('1', { execArgv: ['--allow-all'] }).then(() => run(`require('node:fs').readFileSync(${secret}, 'utf8')`, { execArgv: ['--allow-all'] })),
    'what it is told of its parent': () => [threadId > 0, workerData ?? null, parentPort?.constructor.name ?? null],
    'data of the environment': () => getEnvironmentData('secret') ?? null,
    'a channel': () => new Promise((resolve) => {
      const channel = new BroadcastChannel('secrets');
      channel.onmessage = ({ data }) => resolve(data);
      channel.postMessage('hello?');
    }),
  });
};
