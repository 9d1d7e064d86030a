import { ProviderRegistry } from 'prizm';
export default {
  id: 'p', name: 'P', type: 'local', capabilities: [], models: [],
  configure() {}, isAvailable() {}, getModelsForCapability() {}, getModel() {}, getHealth() {},
  registry: ProviderRegistry.getInstance(),
};
