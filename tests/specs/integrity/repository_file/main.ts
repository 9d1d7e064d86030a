import { name } from 'github:acme/x@v1';
console.log(name);
