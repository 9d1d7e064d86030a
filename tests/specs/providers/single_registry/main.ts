import { getProvider, ProviderRegistry, ServiceRegistry } from 'prizm';
console.log(
  ProviderRegistry.getInstance() === ProviderRegistry.getInstance(),
  ServiceRegistry.getInstance() === ServiceRegistry.getInstance(),
);
const provider = await getProvider('file:./provider.ts');
console.log(provider.registry === ProviderRegistry.getInstance());
