import { join } from 'path';
import { helper } from './helper';
const { seven } = require('./seven');
console.log(seven, join('/', '.'));
console.log(helper('x'));
