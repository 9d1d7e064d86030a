import { getProvider, ProviderRegistry } from 'prizm';
let made = 0;
class Mine {
  id = 'mine';
  name = 'Mine';
  type = 'local';
  capabilities = [];
  models = [];
  constructor() {
    made++;
  }
  configure() {}
  isAvailable() {}
  getModelsForCapability() {}
  getModel() {}
  getHealth() {}
}
const registry = ProviderRegistry.getInstance();
registry.register('npm:express', Mine as never);
const first = await getProvider('npm:express');
console.log(first instanceof Mine, first === (await registry.getProvider('npm:express')));
console.log('made', made);
console.log(registry.getAvailableProviders().join());
try {
  registry.register('x', {} as never);
} catch (error) {
  console.log(error.name);
}
