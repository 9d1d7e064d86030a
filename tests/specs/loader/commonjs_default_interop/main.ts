import whole, { named } from './plain.cjs';
import flavoured from './flavoured/index.ts';
console.log(whole.name, named);
console.log(flavoured);
