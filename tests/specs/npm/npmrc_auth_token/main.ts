import { name } from 'npm:private@1';
console.log(name);
