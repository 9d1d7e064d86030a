import { ProviderRegistry } from 'prizm';
import { classOf } from './make';
ProviderRegistry.getInstance().register('static-two', classOf('two') as never);
