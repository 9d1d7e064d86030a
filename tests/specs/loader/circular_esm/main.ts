import { even, calls } from './even.ts';
console.log(even(2), even(1), calls > 0 ? 2 : 0);
