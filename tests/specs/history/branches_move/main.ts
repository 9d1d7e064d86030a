import { name } from 'github:acme/x@main';
console.log(name);
