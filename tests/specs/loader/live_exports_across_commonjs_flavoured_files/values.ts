export enum Level {
  One = 1,
}
export const two = 2;
export default 'default';
