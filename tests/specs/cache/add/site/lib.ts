export { inner } from './inner.ts';
export const remote = 'remote';
