import { name } from 'https://plain.test/lib.ts';
console.log(name);
