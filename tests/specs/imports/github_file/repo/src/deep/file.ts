export { helper } from '../helper';
export const name: string = 'file';
