export * from './values';
export { two as renamed } from './values';
export * as deep from './deep';
export { default } from './values';
export let value = 'first';
export function change() {
  value = 'changed';
}
const unused = require('path');
