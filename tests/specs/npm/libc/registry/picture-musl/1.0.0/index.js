module.exports = 'musl';
