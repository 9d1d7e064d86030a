exports.sub = 'sub of 1.1.0';
