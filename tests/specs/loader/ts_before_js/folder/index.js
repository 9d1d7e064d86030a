exports.kind = 'js';
