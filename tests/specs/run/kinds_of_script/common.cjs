const { join } = require('path');
console.log(join('cjs'));
