exports.name = 'a';
exports.names = () => [exports.name, require('circle-b').name()];
