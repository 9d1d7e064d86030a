namespace Outer {
  export const one = 1;
  export namespace Inner {
    export const two: number = one + 1;
  }
}
class Factory {}
namespace Factory {
  export function make(): string {
    return 'made';
  }
}
namespace OnlyTypes {
  export type Unused = string;
}
console.log(Outer.one, Outer.Inner.two, Factory.make());
