import { name } from '{{https}}/lib.ts';
console.log(name);
