exports.sub = 'sub of 1.0.0';
