import { name as a } from 'github:acme/a@v1';
import { name as b } from 'github:acme/b@v1';
console.log(a, b);
