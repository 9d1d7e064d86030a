module.exports = 'linux-x64 binary';
