module.exports = 'pixels';
