exports.name = 'private';
