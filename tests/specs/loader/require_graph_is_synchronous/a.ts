import { text as rest } from './b';
console.log('a');
export const text = 'a' + rest;
