exports.one = 'one';
Object.defineProperty(exports, 'two', { enumerable: true, value: 'two' });
__exportStar(require('./more'), exports);
function __exportStar(from, to) {
  for (const name of Object.keys(from)) to[name] = from[name];
}
exports.call = () => {};
