import path = require('path');
console.log(path.join('cts'));
