import process from 'node:process';
console.log(Object.prototype.toString.call(globalThis.process));
console.log(Object.prototype.toString.call(process));
