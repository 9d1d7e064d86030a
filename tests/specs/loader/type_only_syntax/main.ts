declare const neverDefined: string;
declare module 'nothing' {}
abstract class Shape<const T extends readonly string[]> {
  declare hidden: T;
  abstract area(): number;
  accessor label = 'a';
}
class Square extends Shape<['x']> {
  override area(): number {
    return 3;
  }
}
function pick(value: string): string;
function pick(value: number): number;
function pick(value: unknown): unknown {
  return value;
}
function assertString(value: unknown): asserts value is string {
  if (typeof value !== 'string') throw new TypeError('no string');
}
const square = new Square() satisfies Shape<['x']>;
let log = '';
{
  using resource = { [Symbol.dispose]: () => (log = 'disposed') };
  assertString(square.label);
  void resource;
}
console.log(pick(square.area()), square.label!, log as string);
