module.exports = 'any';
