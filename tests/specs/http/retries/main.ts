import { lib } from '{{http}}/lib.ts';
import { reset } from '{{http}}/reset.ts';
import { cut } from '{{http}}/cut.ts';
import { git } from 'github:acme/x@v1';
import { double } from 'npm:cjs-plain@1';
console.log(lib, reset, cut, git, double(1));
