import { tryWays } from './ways.js';

import * as prizm from 'prizm';
import fs from 'node:fs';

export default () => tryWays({
  'an export': () => { prizm.getProvider = () => 'evil'; },
  'a registry': () => { prizm.getProviderRegistry && (prizm.getProviderRegistry().get = () => 'evil'); Object.getPrototypeOf(Prizm).getProvider = () => 'evil'; return 'set'; },
  'the global': () => { globalThis.Prizm = { getProvider: () => 'evil' }; return 'set'; },
  'Promise': () => { Promise.prototype.then = function () { return 'evil'; }; return 'set'; },
  'fetch': () => { globalThis.fetch = () => 'evil'; fs.readFileSync = () => 'evil'; console.log = () => {}; return 'set'; },
  'errors': () => { Error.prepareStackTrace = () => 'evil'; Error.stackTraceLimit = 0; return 'set'; },
  'Object': () => { Object.prototype.polluted = 'evil'; Array.prototype.map = () => 'evil'; return 'set'; },
});
