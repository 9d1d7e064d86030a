console.log('evaluated');
export class Thing {
  kind = 'thing';
}
