import { name } from './lib.ts';
import { double } from 'npm:cjs-plain@1';
console.log(name as string, double(1));
