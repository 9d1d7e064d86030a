import { ProviderRegistry } from 'prizm';
import { classOf } from './make';
ProviderRegistry.getInstance().register('self', classOf('self') as never);
