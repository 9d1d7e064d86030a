import { all } from 'npm:ranges@1';
console.log(all.join(' '));
