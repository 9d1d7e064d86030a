exports.peer = require('versioned').version;
try {
  exports.optional = require('esm-only') && 'present';
} catch {
  exports.optional = 'absent';
}
