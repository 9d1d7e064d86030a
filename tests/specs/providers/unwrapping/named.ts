import { Base } from './base';
export class MyProvider extends Base {
  constructor() {
    super('named');
  }
}
export const helper = 1;
