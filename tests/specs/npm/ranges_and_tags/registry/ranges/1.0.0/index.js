const version = (name) => require(name).version;
// Which of the fitting versions a caret or a star gets may depend on what else is installed.
exports.all = [/^1\./.test(version('caret')), version('exact'), version('tilde'), /^[12]\./.test(version('star')), version('tag'), version('union')];
