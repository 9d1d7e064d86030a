import { name, helper } from 'github:acme/lib@v1.0.0';
console.log(name, helper);
