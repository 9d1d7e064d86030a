export interface Shape {
  sides: number;
}
export type Size = number;
interface Later {}
export { Later };
export default interface Options {
  shape: Shape;
}
export const make = (): string => 'value';
