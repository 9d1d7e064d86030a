exports.version = require('versioned').version;
