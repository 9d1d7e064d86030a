const attempt = (name) => {
  try {
    require(name);
    return 'present';
  } catch (error) {
    return error.code;
  }
};
exports.found = ['never-published', 'versioned', 'alias', 'from-git'].map(attempt).join(' ');
