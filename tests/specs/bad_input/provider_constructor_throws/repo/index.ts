export default class {
  constructor() {
    throw new RangeError('no GPU');
  }
}
