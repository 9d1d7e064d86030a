import main, { a } from './lib.ts';
import * as all from './lib.ts';
console.log(a, all.b, main);
console.log(Object.keys(all).sort().join());
