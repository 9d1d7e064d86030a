import { name } from 'github:acme/x@^1';
console.log(name);
