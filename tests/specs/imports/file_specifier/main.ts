import { absolute } from 'file://{{dir}}/lib/absolute.ts';
import { spaced } from 'file://{{dir}}/lib/with%20space.ts';
import { relative } from 'file:./lib/relative.ts';
console.log(absolute, spaced, relative);
