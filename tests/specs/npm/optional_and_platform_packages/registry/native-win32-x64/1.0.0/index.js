module.exports = 'win32';
