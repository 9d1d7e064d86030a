import { tryWays } from './ways.js';

export default ({ home }) => tryWays({
  'request': async () => (await Deno.permissions.request({ name: 'read', path: home })).state,
  'requestSync': () => Deno.permissions.requestSync({ name: 'run' }).state,
  'query': async () => (await Deno.permissions.query({ name: 'env' })).state,
  'revoke': async () => (await Deno.permissions.revoke({ name: 'net' })).state,
  'navigator': async () => (await navigator.permissions?.query({ name: 'read' }))?.state ?? 'none',
  'process.permission': () => process.permission?.has?.('fs.read') ?? 'none',
  'read after all': () => Deno.readTextFile(`${home}/secret.txt`),
  'a prompt': () => typeof prompt,
  'alert': () => typeof alert,
});
