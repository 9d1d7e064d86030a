import { name } from 'github:acme/lib@v1/mod.ts';
console.log(name);
