import { tryWays } from './ways.js';

import vm from 'node:vm';

export default ({ home }) => tryWays({
  'runInThisContext': () => vm.runInThisContext('globalThis.secretOfTheScript'),
  'runInNewContext': () => vm.runInNewContext('this.constructor.constructor("return globalThis.secretOfTheScript")()'),
  'an object of ours': () => vm.runInNewContext('o.constructor.constructor("return [typeof process, globalThis.secretOfTheScript]")()', { o: {} }),
  'Script': () => new vm.Script('globalThis.secretOfTheScript').runInThisContext(),
  'compileFunction': () => vm.compileFunction('return globalThis.secretOfTheScript')(),
  'import in a context': () => vm.runInNewContext(`import('node:fs').then((fs) => fs.readFileSync(${JSON.stringify(`${home}/secret.txt`)}, 'utf8'))`, {}, { importModuleDynamically: vm.constants?.USE_MAIN_CONTEXT_DEFAULT_LOADER }),
  'Deno in a context': () => vm.runInNewContext(`Deno.readTextFileSync(${JSON.stringify(`${home}/secret.txt`)})`, { Deno }),
});
