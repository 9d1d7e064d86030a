exports.kit = 'kit';
