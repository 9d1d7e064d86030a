import { Far } from './far.ts';
const enum Near {
  A = 1,
  B = A + 2,
}
console.log(Near.B, Far.Away);
