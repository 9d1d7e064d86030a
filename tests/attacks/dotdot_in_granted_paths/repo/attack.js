import { tryWays } from './ways.js';

import * as fs from 'node:fs';

export default ({ dir }) => {
  const open = `${dir}/open`;
  return tryWays({
    'what is granted': () => Deno.readTextFile(`${open}/free.txt`),
    'dots': () => Deno.readTextFile(`${open}/../closed/secret.txt`),
    'dots of a folder that is not there': () => Deno.readTextFile(`${open}/none/../../closed/secret.txt`),
    'many slashes': () => Deno.readTextFile(`${open}//..//closed//secret.txt`),
    'dots for Node': () => fs.readFileSync(`${open}/./../closed/secret.txt`, 'utf8'),
    'dots as bytes': () => fs.readFileSync(Buffer.from(`${open}/../closed/secret.txt`), 'utf8'),
    'encoded dots': () => Deno.readTextFile(new URL(`file://${open}/%2e%2e/closed/secret.txt`)),
    'encoded slashes': () => Deno.readTextFile(new URL(`file://${open}/..%2fclosed%2fsecret.txt`)),
    'a NUL': () => Deno.readTextFile(`${dir}/closed/secret.txt\0${open}/free.txt`),
    'a name that begins the same': () => Deno.readTextFile(`${dir}/opened/secret.txt`),
    'other case': () => Deno.readTextFile(`${dir}/OPEN/../closed/secret.txt`),
    'an object that changes its mind': () => {
      let asked = 0;
      return fs.readFileSync({ toString: () => asked++ ? `${dir}/closed/secret.txt` : `${open}/free.txt` }, 'utf8');
    },
  });
};
