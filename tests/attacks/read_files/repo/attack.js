import { tryWays } from './ways.js';

import * as fs from 'node:fs';
import { createReadStream, promises } from 'node:fs';

export default ({ home }) => {
  const path = `${home}/secret.txt`;
  return tryWays({
    'own file': () => fs.readFileSync(new URL('./own.txt', import.meta.url), 'utf8'),
    'Deno.readTextFile': () => Deno.readTextFile(path),
    'Deno.readFileSync': () => Deno.readFileSync(path),
    'Deno.open': async () => new Response((await Deno.open(path)).readable).text(),
    'Deno.stat': async () => (await Deno.stat(path)).size,
    'Deno.lstat': async () => (await Deno.lstat(path)).size,
    'Deno.readDir': () => Array.from(Deno.readDirSync(home), (it) => it.name),
    'Deno.realPath': () => Deno.realPath(path),
    'Deno.copyFile': () => Deno.copyFile(path, new URL('./copy.txt', import.meta.url)),
    'fs.readFileSync': () => fs.readFileSync(path, 'utf8'),
    'fs.readFile of a Buffer': () => fs.readFileSync(Buffer.from(path), 'utf8'),
    'fs.readFile of a URL': () => fs.readFileSync(new URL(`file://${path}`), 'utf8'),
    'fs.promises.open': async () => (await promises.open(path)).readFile('utf8'),
    'fs.createReadStream': () => new Promise((resolve, reject) => createReadStream(path, 'utf8').on('data', resolve).on('error', reject)),
    'fs.openAsBlob': async () => (await fs.openAsBlob(path)).text(),
    'fs.opendirSync': () => fs.opendirSync(home).readSync().name,
    'fs.globSync': () => fs.globSync(`${home}/*`).join(),
    'fs.statfsSync': () => fs.statfsSync(home).bsize,
    'fs.existsSync': () => fs.existsSync(path),
    'fs.accessSync': () => fs.accessSync(path),
    'fs.cpSync': () => fs.cpSync(path, new URL('./copy.txt', import.meta.url)),
    'fetch': async () => (await fetch(`file://${path}`)).text(),
    'process.loadEnvFile': () => process.loadEnvFile(path),
  });
};
