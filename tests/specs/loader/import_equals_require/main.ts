import path = require('path');
import data = require('./data.json');
import code = require('./code');
namespace Outer {
  export const inner = 'inner';
}
import alias = Outer.inner;
console.log(path.join('a', 'b'), data.one, code.kind, alias);
