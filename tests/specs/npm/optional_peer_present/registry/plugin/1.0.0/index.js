exports.peer = require('versioned').version;
