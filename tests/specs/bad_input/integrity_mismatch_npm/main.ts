import { name } from 'npm:forged@1';
console.log(name);
