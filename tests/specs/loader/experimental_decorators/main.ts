function onClass(target: { name: string }) {
  console.log('class', target.name);
}
function onMethod(_target: object, key: string, descriptor: PropertyDescriptor) {
  console.log('method', key);
  const original = descriptor.value;
  descriptor.value = function (...args: unknown[]) {
    return original.apply(this, args).toUpperCase();
  };
}
function onParameter(_target: object, key: string, index: number) {
  console.log('parameter', index, 'of', key);
}
@onClass
class Greeter {
  @onMethod
  greet(@onParameter text: string): string {
    return text;
  }
}
console.log(new Greeter().greet('hi'));
