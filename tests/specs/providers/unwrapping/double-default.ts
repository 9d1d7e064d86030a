const { Base } = require('./base');
module.exports = { default: { default: new Base('double-default') } };
