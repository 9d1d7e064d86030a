try {
  exports.found = require('never-published');
} catch {
  exports.found = 'absent';
}
