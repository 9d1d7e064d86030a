import { tryWays } from './ways.js';

import * as fs from 'node:fs';

export default ({ home, dir }) => {
  const own = `${dir}/own`;
  const secret = `${home}/secret.txt`;
  const through = (name, make) => [name, () => { make(`${own}/${name}`); return fs.readFileSync(`${own}/${name}`, 'utf8'); }];
  return tryWays(Object.fromEntries([
    ['what is granted', () => { fs.writeFileSync(`${own}/x`, 'mine'); return fs.readFileSync(`${own}/x`, 'utf8'); }],
    through('Deno.symlink', (path) => Deno.symlinkSync(secret, path)),
    through('fs.symlink', (path) => fs.symlinkSync(secret, path)),
    through('relative link', (path) => fs.symlinkSync('../../home/secret.txt', path)),
    through('hard link', (path) => fs.linkSync(secret, path)),
    through('Deno.link', (path) => Deno.linkSync(secret, path)),
    through('moved here', (path) => fs.renameSync(secret, path)),
    through('copied here', (path) => fs.copyFileSync(secret, path)),
    ['a link that was there', () => fs.readFileSync(`${own}/door`, 'utf8')],
    ['a folder that is a link', () => fs.readFileSync(`${own}/hall/secret.txt`, 'utf8')],
    ['written through a link', () => fs.writeFileSync(`${own}/door`, 'overwritten')],
    ['copied through a link', () => { fs.copyFileSync(`${own}/door`, `${own}/copy`); return fs.readFileSync(`${own}/copy`, 'utf8'); }],
    ['tree copied through a link', () => { fs.cpSync(`${own}/hall/`, `${own}/tree`, { recursive: true, dereference: true }); return fs.readFileSync(`${own}/tree/secret.txt`, 'utf8'); }],
    ['truncated through a link', () => Deno.truncateSync(`${own}/door`)],
    ['opened twice', () => fs.readFileSync(fs.openSync(`${own}/door`, 'a+'), 'utf8')],
  ]));
};
