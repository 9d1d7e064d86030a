import { getProvider, ProviderRegistry } from 'prizm';
let made = 0;
class Mine {
  id = 'mine';
  name = 'Mine';
  type = 'local';
  capabilities = [];
  models = [];
  number = ++made;
  configure() {}
  isAvailable() {}
  getModelsForCapability() {}
  getModel() {}
  getHealth() {}
}
const registry = ProviderRegistry.getInstance();
registry.register('mine', Mine as never);
const first = await getProvider('mine');
console.log('made', made);
registry.clearCache();
const second = await getProvider('mine');
console.log('made', made);
console.log(registry.hasProvider('mine'), first === second);
