import { a } from '{{http}}/a.ts';
import { b } from '{{http}}/b.ts';
import { c } from '{{http}}/c.ts';
console.log(a, b, c);
