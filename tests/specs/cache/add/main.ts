import { name, version, dep } from 'github:acme/x@v1';
import { double } from 'npm:cjs-plain@1';
import { remote, inner } from '{{http}}/lib.ts';
console.log(name, version, dep, double(1), remote, inner);
