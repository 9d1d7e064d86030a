console.log(require.resolve('./lib'));
require('./lib').count++;
console.log(require.resolve('./lib') in require.cache);
console.log(require('./lib').count);
export {};
