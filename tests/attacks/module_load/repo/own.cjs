module.exports = 'this one is mine';
