const { Base } = require('./base');
module.exports = { default: new Base('double-default') };
