import make = require('./make');
import imported from './make';
const required = require('./make');
console.log(make(), imported(), required());
