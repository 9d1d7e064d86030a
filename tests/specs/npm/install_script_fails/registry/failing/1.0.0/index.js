exports.ok = 'works without';
