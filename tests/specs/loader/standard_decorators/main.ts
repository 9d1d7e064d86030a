function logged<T extends (...args: number[]) => number>(original: T, context: ClassMethodDecoratorContext) {
  console.log(context.kind, String(context.name));
  return function (this: unknown, ...args: number[]) {
    return original.apply(this, args) + 1;
  };
}
function plusOne(_: undefined, context: ClassFieldDecoratorContext) {
  console.log(context.kind, String(context.name));
  return (value: number) => value + 1;
}
class Calculator {
  @plusOne start = 2;
  @logged double(by: number) {
    return this.start * by + 1;
  }
}
console.log(new Calculator().double(2));
