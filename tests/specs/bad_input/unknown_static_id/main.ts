import { getProvider, ProviderRegistry } from 'prizm';
ProviderRegistry.getInstance().register('painter', class {} as never);
await getProvider('paintr');
