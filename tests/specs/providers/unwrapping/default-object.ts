import { Base } from './base';
export default new Base('default-object');
