const attempt = (name) => {
  try {
    return require(name);
  } catch {
    return 'absent';
  }
};
exports.found = [attempt('native-linux-x64'), attempt('native-darwin-arm64')].join(', ');
