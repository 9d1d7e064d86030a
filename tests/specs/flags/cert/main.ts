import { name } from '{{https}}/lib.ts';
console.log(name, (await fetch('{{https}}/lib.ts')).status);
