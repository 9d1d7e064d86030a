module.exports = require('left-pda');
