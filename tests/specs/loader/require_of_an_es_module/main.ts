const esm = require('./esm.mjs');
console.log(esm.named, esm.default);
try {
  require('./async.mjs');
  console.log('not reached');
} catch (error) {
  console.log(error.code);
}
