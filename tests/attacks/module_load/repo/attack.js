import { tryWays } from './ways.js';

import Module, { createRequire } from 'node:module';
import * as fs from 'node:fs';

export default ({ dir, tree }) => {
  const path = `${dir}/secret.cjs`;
  const load = createRequire(import.meta.url);
  const own = () => load.cache[Object.keys(load.cache)[0]] ?? new Module('x');
  return tryWays({
    'own module': () => load('./own.cjs'),
    'require': () => load(path),
    'require of another repository': () => load(tree),
    'createRequire': () => createRequire(path)('./secret.cjs'),
    'createRequire of a URL': () => createRequire(`file://${path}`)(path),
    'Module._load': () => Module._load(path, null, true),
    'Module._load from there': () => Module._load('./secret.cjs', Object.assign(new Module(path), { filename: path, paths: [dir] })),
    'module.load': () => { const module = new Module(path); module.load(path); return module.exports; },
    'module.require': () => own().require(path),
    'Module._extensions': () => { const module = new Module(path); Module._extensions['.js'](module, path); return module.exports; },
    'Module._extensions of JSON': () => { const module = new Module(path); Module._extensions['.json'](module, `${dir}/secret.json`); return module.exports; },
    'Module._compile': () => { const module = new Module(path); module._compile('module.exports = require("./secret.cjs")', path); return module.exports; },
    'Module._resolveFilename': () => Module._resolveFilename(path, null),
    'Module._pathCache': () => JSON.stringify(Module._pathCache).includes('secret') ? 'names' : 'nothing',
    'Module._findPath': () => Module._findPath('./secret.cjs', [dir]),
    'require.cache': () => Object.keys(load.cache).filter((it) => it.startsWith(dir)).join(),
    'require.main': () => load.main?.filename,
    'NODE_PATH': () => { Module.globalPaths.push(dir); return load('secret.cjs'); },
    'a patched fs': () => {
      fs.readFileSync = () => 'module.exports = "mine"';
      return load(path);
    },
    'findPackageJSON': () => Module.findPackageJSON?.(dir),
    'Module.register': () => Module.register(`file://${path}`),
  });
};
