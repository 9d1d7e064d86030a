const { Thing } = require('./thing');
export function make(): unknown {
  return new Thing();
}
