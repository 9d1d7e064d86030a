import { Parent } from './parent';
export class Child {
  constructor(private parent: Parent) {}
  describe() {
    return this.parent instanceof Parent ? `${this.parent.name} of child` : 'stranger';
  }
}
