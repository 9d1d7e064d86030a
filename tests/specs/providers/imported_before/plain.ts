import { classOf } from './make';
console.log('loaded plain');
export const Plain = classOf('plain');
export default Plain;
