const { make } = require('./make');
module.exports = { default: { default: make('three') } };
