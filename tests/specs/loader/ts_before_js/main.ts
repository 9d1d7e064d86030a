import { kind } from './both';
import { kind as index } from './folder';
const required = require('./both');
console.log(kind, index, required.kind);
