import { a } from './a.js';
import { b } from './b.jsx';
import { c } from './c.mjs';
console.log(a, b, c);
