const { add } = require('./lib/add.js');
const counter = require('./counter.cjs');
console.log('sum', add(1, 2), typeof counter);
