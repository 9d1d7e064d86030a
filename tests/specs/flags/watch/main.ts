import { name } from './lib.ts';
console.log('run', name);
