import { value } from 'npm:cjs-plain';
console.log(value);
