const attempt = (name) => {
  try {
    return require(name);
  } catch {
    return 'absent';
  }
};
exports.found = ['picture-glibc', 'picture-musl', 'picture-any'].map(attempt).join(', ');
