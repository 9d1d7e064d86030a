export { helper } from './src/helper';
export const name: string = 'entry';
