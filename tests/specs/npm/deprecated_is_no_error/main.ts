import { name } from 'npm:old@1';
console.log(name);
