const { double } = require('cjs-plain');
exports.describe = () => `@acme/tool uses ${double(1)}`;
