const { existsSync } = require('fs');
exports.mark = () => (existsSync(__dirname + '/mark.txt') ? 'marked' : 'no mark');
