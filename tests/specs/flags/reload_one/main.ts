import { a } from '{{http}}/a.ts';
import { b } from '{{http}}/b.ts';
console.log(a, b);
