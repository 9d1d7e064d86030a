exports.label = 'from maker';
