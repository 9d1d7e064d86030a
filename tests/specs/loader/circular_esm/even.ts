import { odd } from './odd.ts';
export let calls = 0;
export function even(n: number): boolean {
  calls++;
  return n === 0 || odd(n - 1);
}
