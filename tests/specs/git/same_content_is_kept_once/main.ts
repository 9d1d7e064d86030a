import { name as a } from 'github:acme/a@v1';
import { name as b } from 'github:acme/b@v9';
import { where as first } from 'github:acme/a@v1';
import { where as second } from 'github:acme/b@v9';
console.log(a, b, first === second);
