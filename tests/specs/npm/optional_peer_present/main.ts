import { versions } from 'npm:host@1';
console.log(versions);
