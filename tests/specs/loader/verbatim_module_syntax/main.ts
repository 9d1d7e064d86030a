import { unused } from './effect.ts';
console.log('main');
