import { name } from 'github:acme/x@v2';
console.log(name);
