import esm, { kind } from 'esm-only';
import { double } from 'cjs-plain';
const required = require('esm-only');
console.log(kind, esm);
console.log('cjs', double(1));
console.log(required.kind);
