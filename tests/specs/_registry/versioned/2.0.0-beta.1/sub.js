exports.sub = 'sub of 2.0.0-beta.1';
