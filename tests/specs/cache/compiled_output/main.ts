import { name } from './lib.ts';
class Base {
  set field(_: string) {
    seen = 'setter';
  }
}
let seen = 'own';
class Child extends Base {
  field: string = 'x';
}
new Child();
console.log(name, seen);
