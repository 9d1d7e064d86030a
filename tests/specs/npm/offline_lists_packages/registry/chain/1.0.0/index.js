exports.all = `${require('versioned').version} ${require('cjs-plain').double(1)}`;
