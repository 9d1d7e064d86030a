import { fail } from './lib.ts';
interface Removed {
  a: string;
  b: number;
}

fail('boom' as string);
export type { Removed };
