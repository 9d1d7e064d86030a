import { parentPort } from 'node:worker_threads';
import { double } from './double';
parentPort!.once('message', (value: number) => parentPort!.postMessage(double(value)));
