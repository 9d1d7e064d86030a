import { tryWays } from './ways.js';

const has = (error, dir) => [error.stack, error.message, error.fileName, error.cause?.stack, String(error), JSON.stringify(error)].some((text) => String(text).includes(dir)) ? 'paths' : 'nothing';

export default ({ dir, callback, later, nested }) => tryWays({
  'a callback that throws': () => { try { callback(); } catch (error) { return has(error, dir); } },
  'a promise that is rejected': () => later().catch((error) => has(error, dir)),
  'an error as an argument': () => has(nested, dir),
  'an own error below the script': () => callback(() => { try { null.x; } catch (error) { return has(error, dir); } }),
  'prepareStackTrace': () => { Error.prepareStackTrace = (error, sites) => sites.map((site) => site.getFileName()).join(); return callback(() => new Error('x').stack.includes(dir) ? 'paths' : 'nothing'); },
  'call sites': () => { Error.prepareStackTrace = (error, sites) => sites; return callback(() => new Error('x').stack.some((site) => String(site.getFileName?.()).includes(dir) || site.getThis?.()) ? 'paths' : 'nothing'); },
  'captureStackTrace': () => { Error.prepareStackTrace = undefined; return callback(() => { const it = {}; Error.captureStackTrace(it); return has(it, dir); }); },
  'console.trace': () => callback(() => 'nothing'),
});
