import { value } from './lib.ts';
console.log('main', await Promise.resolve(value + 1));
