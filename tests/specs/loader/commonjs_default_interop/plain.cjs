module.exports = function fn() {};
module.exports.named = 'named';
