import { getProvider, ProviderRegistry } from 'prizm';
import { classOf } from './make';
const mine = await getProvider('mine');
console.log(mine.id, mine === (await getProvider('same')));
ProviderRegistry.getInstance().register('taken', classOf('registered') as never);
console.log((await getProvider('taken')).id);
await getProvider('round').catch((error) => console.log(error.message));
await getProvider('mime').catch((error) => console.log(error.hints[0]));
