const a = require('./a');
console.log('b sees', a.early, a.late);
exports.seen = () => a.early;
