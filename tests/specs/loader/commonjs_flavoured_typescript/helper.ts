const prefix: string = require('./prefix.json').prefix;
export function helper(text: string): string {
  return prefix + text;
}
