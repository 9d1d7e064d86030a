import { version } from 'versioned';
export default {
  id: 'deps', name: version, type: 'local', capabilities: [], models: [],
  configure() {}, isAvailable() {}, getModelsForCapability() {}, getModel() {}, getHealth() {},
};
