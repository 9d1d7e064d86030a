import { one, two, reexported } from 'npm:cjs-named@1';
import whole from 'npm:cjs-named@1';
console.log(one, two, reexported);
console.log(typeof whole.call, typeof whole);
