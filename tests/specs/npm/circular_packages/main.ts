import { names } from 'npm:circle-a@1';
console.log(names().join(' '));
