import { tryWays } from './ways.js';

import * as fs from 'node:fs';

export default ({ home, dir, cache }) => tryWays({
  'what is granted': () => Deno.readTextFile(`${dir}/free.txt`),
  ...Object.fromEntries([
    `${dir}/prizm.lock`, `${home}/.npmrc`, `${home}/.netrc`, `${home}/.git-credentials`, `${home}/.gitconfig`,
    `${home}/.config/prizm/policy.json`, `${dir}/.npmrc`, `${home}/.ssh/id_ed25519`, `${home}/.aws/credentials`, `${home}/.docker/config.json`,
  ].map((path) => [path.replace(home, '~').replace(dir, '.'), () => fs.readFileSync(path, 'utf8').includes('4f9d2c81b7e6') ? 'it' : 'nothing'])),
  'the lock, written': () => fs.appendFileSync(`${dir}/prizm.lock`, ' '),
  'the policy, written': () => fs.writeFileSync(`${home}/.config/prizm/policy.json`, '{}'),
  'the lock, replaced': () => { fs.writeFileSync(`${dir}/new`, '{}'); fs.renameSync(`${dir}/new`, `${dir}/prizm.lock`); },
  'the logs': () => fs.readdirSync(`${cache}/audit`).length,
  'the history': () => fs.readdirSync(`${cache}/history`).length,
  'the cache': () => fs.readdirSync(cache).length,
});
