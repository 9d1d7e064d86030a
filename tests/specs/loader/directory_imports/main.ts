import { index } from './lib';
import { nested } from './lib/nested/';
const { main } = require('./packaged');
console.log(index, nested, main);
