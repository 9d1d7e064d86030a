import { getProvider, getService, ProviderRegistry, ServiceRegistry } from 'prizm';
import { classOf } from './make';
const registry = ProviderRegistry.getInstance();
registry.register('half', class { id = 'half' } as never);
await getProvider('half').catch((error) => console.log(String(error)));
console.log(registry.getStats().cached);
registry.register('half', classOf('whole') as never);
console.log((await getProvider('half')).id);
ServiceRegistry.getInstance().register('broken', class { startService() {} } as never);
await getService('broken').catch((error) => {
  console.log(error.name, error.message.includes('waitForHealthy()') && error.message.includes('getServiceInfo()'));
});
