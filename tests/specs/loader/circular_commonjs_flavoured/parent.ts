import { Child } from './child';
const os = require('os');
export class Parent {
  name = typeof os.EOL === 'string' ? 'parent' : '';
  describe() {
    return new Child(this).describe();
  }
}
