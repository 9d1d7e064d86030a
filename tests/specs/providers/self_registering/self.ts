import { ProviderRegistry } from 'prizm';
class Self {
  id = 'self';
  name = 'Self';
  type = 'local';
  capabilities = [];
  models = [];
  configure() {}
  isAvailable() {}
  getModelsForCapability() {}
  getModel() {}
  getHealth() {}
}
ProviderRegistry.getInstance().register('self-registered', Self as never);
