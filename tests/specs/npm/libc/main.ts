import { found } from 'npm:picture@1';
console.log(found);
