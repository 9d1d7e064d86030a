import { tryWays } from './ways.js';

export default () => {
  const has = (text) => String(text).includes('4f9d2c81b7e6') ? 'the secret' : 'nothing';
  return tryWays({
    'by name': () => process.env.SECRET,
    'Deno.env.get': () => Deno.env.get('SECRET'),
    'Deno.env.has': () => Deno.env.has('SECRET'),
    'in': () => 'SECRET' in process.env,
    'toObject': () => Deno.env.toObject(),
    'keys': () => Object.keys(process.env).join(),
    'spread': () => has(JSON.stringify({ ...process.env })),
    'for in': () => { const names = []; for (const name in process.env) names.push(name); return names.join(); },
    'entries': () => has(Object.entries(process.env)),
    'JSON': () => has(JSON.stringify(process.env)),
    'a descriptor': () => Object.getOwnPropertyDescriptor(process.env, 'SECRET')?.value,
    'own property': () => Object.hasOwn(process.env, 'SECRET'),
    'assign': () => has(JSON.stringify(Object.assign({}, process.env))),
    'inspection': async () => has((await import('node:util')).inspect(process.env)),
    'other case': () => process.env.secret,
    'a name with NUL': () => process.env['SECRET\0'],
    'a name with =': () => process.env['SECRET='],
    'what libraries may ask for': () => [process.env.NODE_ENV, process.env.NO_COLOR, process.env.NODE_AUTH_TOKEN, process.env.npm_config_token].join(),
    'written': () => { process.env.PATH = '/evil'; },
    'written by Deno': () => Deno.env.set('LD_PRELOAD', '/evil.so'),
    'deleted': () => { delete process.env.SECRET; },
    'a worker': () => new Promise((resolve, reject) => {
      const worker = new Worker('data:text/javascript,try { postMessage(Deno.env.get("SECRET")) } catch (error) { postMessage(error.name) }', { type: 'module' });
      worker.onmessage = ({ data }) => resolve(data);
    }),
    'os.userInfo': async () => (await import('node:os')).userInfo().username,
    'os.homedir': async () => (await import('node:os')).homedir(),
    'os.hostname': async () => (await import('node:os')).hostname(),
    'Deno.hostname': () => Deno.hostname(),
    'Deno.networkInterfaces': () => Deno.networkInterfaces().length,
    'Deno.execPath': () => Deno.execPath(),
    'Deno.cwd': () => Deno.cwd(),
    'os.tmpdir': async () => (await import('node:os')).tmpdir(),
  });
};
