import { name } from 'github:acme/x@v9.0.0';
console.log(name);
