exports.peer = require('versioned');
