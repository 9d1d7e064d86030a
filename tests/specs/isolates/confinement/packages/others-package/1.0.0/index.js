module.exports = 'others';
