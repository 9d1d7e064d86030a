import { name } from 'github:acme/x@v1.0.0';
console.log(name);
