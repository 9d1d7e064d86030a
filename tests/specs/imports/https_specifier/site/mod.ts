export { inner } from './new/inner.ts';
export const name: string = 'remote';
