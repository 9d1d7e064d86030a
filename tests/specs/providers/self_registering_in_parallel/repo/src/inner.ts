import { ProviderRegistry } from 'prizm';
class Inner {
  id = 'inner';
  name = 'Inner';
  type = 'local';
  capabilities = [];
  models = [];
  configure() {}
  isAvailable() {}
  getModelsForCapability() {}
  getModel() {}
  getHealth() {}
}
ProviderRegistry.getInstance().register('static-inner', Inner as never);
