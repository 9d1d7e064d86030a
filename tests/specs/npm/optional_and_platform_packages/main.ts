import { found } from 'npm:native@1';
console.log(found);
