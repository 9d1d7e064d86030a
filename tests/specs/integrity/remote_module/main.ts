import { name } from '{{http}}/lib.ts';
console.log(name);
