import { name } from 'github:acme/x@v1';
import { double } from 'npm:cjs-plain@1';
import { name as remote } from '{{http}}/lib.ts';
console.log(name, double(1), remote);
