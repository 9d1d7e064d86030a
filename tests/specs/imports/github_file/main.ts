import { name, helper } from 'github:acme/lib@v1.0.0/src/deep/file.ts';
console.log(name, helper);
