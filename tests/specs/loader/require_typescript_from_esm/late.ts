import { name } from './name.ts';
console.log('loaded', name);
export { name };
