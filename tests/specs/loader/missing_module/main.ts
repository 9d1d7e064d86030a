console.log('not reached');
import { nothing } from './missing.ts';
console.log(nothing);
