const a = require('./a');
console.log('main', a.text);
export {};
