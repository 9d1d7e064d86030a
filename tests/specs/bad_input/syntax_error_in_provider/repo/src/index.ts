import { part } from './part';
export default part;
