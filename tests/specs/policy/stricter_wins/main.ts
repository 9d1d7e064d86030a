import { double } from 'npm:cjs-plain@1';
console.log(double(1));
