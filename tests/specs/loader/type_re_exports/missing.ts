export { Nothing } from './types.ts';
