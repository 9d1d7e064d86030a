class Base {
  base = 1;
}
class Item extends Base {
  constructor(public name: string, protected readonly size = 2) {
    super();
  }
}
console.log(JSON.stringify(new Item('n')));
