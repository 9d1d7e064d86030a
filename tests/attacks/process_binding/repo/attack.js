import { tryWays } from './ways.js';

export default ({ home }) => {
  const path = `${home}/secret.txt`;
  const binding = (name) => process.binding(name);
  return tryWays({
    'fs': () => binding('fs').open(path, 0, 0o666),
    'fs by readFileUtf8': () => binding('fs').readFileUtf8(path, 0),
    'fs.internalModuleReadJSON': () => binding('fs').internalModuleReadJSON(path),
    'process_wrap': () => { const { Process } = binding('process_wrap'); return new Process().spawn({ file: '/bin/cat', args: ['cat', path] }); },
    'spawn_sync': () => binding('spawn_sync').spawn({ file: '/bin/cat', args: ['cat', path], stdio: [] }),
    'natives': () => Object.keys(binding('natives')).length,
    'config': () => typeof binding('config'),
    'tcp_wrap': () => { const { TCP } = binding('tcp_wrap'); return new TCP(0).connect({}, '127.0.0.1', 1); },
    'contextify': () => Object.keys(binding('contextify')).join(),
    'util': () => typeof binding('util').getHiddenValue,
    '_linkedBinding': () => process._linkedBinding('fs'),
    'internalBinding': () => globalThis.internalBinding('fs'),
    'process.dlopen': () => process.dlopen({ exports: {} }, '/lib/x86_64-linux-gnu/libc.so.6'),
    'process.report': () => JSON.stringify(process.report?.getReport?.() ?? {}).includes('4f9d2c81b7e6') ? 'the environment' : 'nothing',
    'process.getBuiltinModule': () => process.getBuiltinModule('fs').readFileSync(path, 'utf8'),
    'process.mainModule': () => process.mainModule?.filename,
    'process.argv': () => process.argv.slice(2).join(),
    'process.execArgv': () => process.execArgv.join(),
    '_getActiveHandles': () => process._getActiveHandles?.().length,
  });
};
