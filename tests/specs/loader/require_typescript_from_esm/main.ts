import { createRequire } from 'node:module';
const require = createRequire(import.meta.url);
console.log('before');
const late = require('./late.ts');
console.log('after', late.name);
