import { name } from 'github:acme/big@v1';
console.log(name);
