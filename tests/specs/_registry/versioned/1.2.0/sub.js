exports.sub = 'sub of 1.2.0';
