import { double } from 'npm:cjs-plain@1';
import { createRequire } from 'node:module';
console.log(double(1), createRequire(import.meta.url)('npm:cjs-plain@1').double(1));
