import { name } from './deep/lib.js';
import data from './data.json';
console.log(name, data.value);
