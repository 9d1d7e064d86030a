module.exports = require('../../shared.js')('dist');
