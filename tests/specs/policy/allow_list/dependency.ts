import { four } from 'npm:parent@1';
console.log(four());
