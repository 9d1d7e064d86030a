console.log(__filename);
console.log(__dirname);
console.log(typeof require, typeof module, module.exports === exports);
require('./sub/inner');
export {};
