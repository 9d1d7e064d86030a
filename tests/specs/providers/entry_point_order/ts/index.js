module.exports = require('../shared.js')('wrong');
