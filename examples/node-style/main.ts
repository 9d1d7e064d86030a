// TypeScript as it is written for Node: imports and bare `require` in one file, no "type" in package.json.
import { promisify } from 'util';
import { exec } from 'child_process';
import { describe } from './lib';
import type { Missing } from './this-file-is-only-a-type';

const os = require('os');
const { name } = require('./package.json') as { name: string };

export type Report = Missing | string;

async function main(): Promise<void> {
  const { stdout } = await promisify(exec)('echo made by a child process');
  console.log(describe(name, stdout.trim()));
  console.log(`platform known: ${os.platform().length > 0}`);
  console.log(`file: ${__filename.slice(__dirname.length + 1)}`);
}

if (require.main === module) main();
