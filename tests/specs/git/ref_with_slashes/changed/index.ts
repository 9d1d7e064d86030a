export { name } from './lib/file';
