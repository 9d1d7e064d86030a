import * as prizm from 'prizm';
const required = require('prizm');
const names = [
  'JobStatus', 'MediaCapability', 'ProviderCreationError', 'ProviderNotFoundError', 'ProviderRegistry',
  'ServiceCreationError', 'ServiceNotFoundError', 'ServiceRegistry', 'getProvider', 'getService', 'parseIdentifier',
] as const;
for (const name of names) console.log(name, typeof prizm[name]);
console.log(names.every((name) => required[name] === prizm[name]));
