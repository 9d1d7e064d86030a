import { one } from 'one';
export const two = 'two';
export const inner = one;
