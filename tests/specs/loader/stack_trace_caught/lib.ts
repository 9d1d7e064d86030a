interface Removed {
  a: string;
  b: string;
}
export function fail(): never {
  throw new Error('there' as string);
}
