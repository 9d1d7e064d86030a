import { ProviderRegistry } from 'prizm';
import { classOf } from './make';
await new Promise((resolve) => setTimeout(resolve, 20));
ProviderRegistry.getInstance().register('static-one', classOf('one') as never);
