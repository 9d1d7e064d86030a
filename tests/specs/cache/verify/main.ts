import { name } from 'github:acme/x@v1';
import { double } from 'npm:cjs-plain@1';
console.log(name, double(1));
