import { one } from 'one';
import { two, inner } from 'lib/two.ts';
console.log(one, two, inner);
