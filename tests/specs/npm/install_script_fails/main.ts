import { ok } from 'npm:failing@1';
console.log(ok);
