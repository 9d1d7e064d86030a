import { Base } from './base';
export default class extends Base {
  constructor() {
    super('default-class');
  }
}
