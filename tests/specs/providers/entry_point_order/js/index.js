module.exports = require('../shared.js')('index.js');
