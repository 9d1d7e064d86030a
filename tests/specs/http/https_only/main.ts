import { name } from 'http://plain.test/lib.ts';
console.log(name);
