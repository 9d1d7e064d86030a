import { name } from 'github:acme/x@v1';
import { name as branch } from 'github:acme/branch';
import { double } from 'npm:cjs-plain@1';
import { remote } from '{{http}}/lib.ts';
import { version } from 'versioned';
console.log(name, branch, double(1), remote, version);
