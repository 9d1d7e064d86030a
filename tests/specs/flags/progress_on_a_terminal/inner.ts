import { name } from 'github:acme/lib@v1';
console.log(name);
