import { one } from 'one';
import { two } from 'lib/two.ts';
console.log(one, two);
