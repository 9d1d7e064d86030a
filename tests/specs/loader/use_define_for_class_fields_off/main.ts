class Base {
  declared = 'kept';
  set value(given: number) {
    console.log('setter saw', given);
  }
}
class Child extends Base {
  value = 1;
  declared: string;
}
const child = new Child();
console.log(Object.hasOwn(child, 'value'), child.declared);
