import { text as rest } from './c';
console.log('b');
export const text = 'b' + rest;
