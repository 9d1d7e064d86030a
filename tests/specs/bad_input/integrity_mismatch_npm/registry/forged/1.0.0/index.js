exports.name = 'forged';
