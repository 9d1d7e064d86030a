import { found } from 'npm:wants@1';
console.log(found);
