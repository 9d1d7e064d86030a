import { name } from 'github:acme/x@v1.1.0';
console.log(name);
