import { ProviderRegistry } from 'prizm';
import { classOf } from './make';
console.log('loaded self');
ProviderRegistry.getInstance().register('self', classOf('self') as never);
