export { inner } from './inner.ts';
export const moved: string = 'moved';
