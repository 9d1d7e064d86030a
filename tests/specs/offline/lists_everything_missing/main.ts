import { name as a } from 'github:acme/a@v1';
import { name as b } from 'github:acme/b@v1';
import { double } from 'npm:cjs-plain@1';
import { remote } from '{{http}}/lib.ts';
console.log(a, b, double(1), remote);
