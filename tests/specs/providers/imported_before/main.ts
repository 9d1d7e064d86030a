import { getProvider, ProviderRegistry } from 'prizm';
import { Plain } from './plain';
import './self';
import './nothing';
ProviderRegistry.getInstance().register('of-the-script', Plain as never);
const plain = await getProvider('file:./plain.ts');
console.log(plain.id, plain instanceof Plain);
console.log((await getProvider('file:./self.ts')).id);
try {
  // What a neighbour registered is not its.
  await getProvider('file:./nothing.ts');
} catch (error) {
  console.log('error:', /it exports nothing/.exec(error.message)?.[0]);
}
