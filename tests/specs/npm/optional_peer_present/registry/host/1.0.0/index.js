exports.versions = [require('versioned').version, require('plugin').peer, require('newer').version].join(' ');
