import { name } from '@shared/name';
function mark(_target: unknown, key: string) {
  seen.push(key);
}
const seen: string[] = [];
class A {
  @mark legacy = 1;
}
console.log(name, seen.join());
new A();
