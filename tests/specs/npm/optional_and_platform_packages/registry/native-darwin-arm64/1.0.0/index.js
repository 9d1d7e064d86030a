module.exports = 'darwin';
