const own = require('versioned');
exports.same = require('plugin').peer === own;
exports.version = own.version;
