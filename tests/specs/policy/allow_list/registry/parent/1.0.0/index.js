exports.four = () => require('cjs-plain').double(2);
