import { x } from 'github:acme';
console.log(x);
