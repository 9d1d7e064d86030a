export interface AlsoRemoved {
  one: 1;
  two: 2;
}
enum Grows {
  A,
}
export function fail(why: string): never {
  throw new Error(why, { cause: Grows.A });
}
