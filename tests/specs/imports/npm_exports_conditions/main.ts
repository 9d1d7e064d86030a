import { createRequire } from 'node:module';
import { kind } from 'npm:dual@1';
const require = createRequire(import.meta.url);
console.log(kind, require('dual').kind);
try {
  require('dual/private.js');
} catch (error) {
  console.log(error.code);
}
