export default {
  id: 'x', name: 'one', type: 'local', capabilities: [], models: [],
  configure() {}, isAvailable() {}, getModelsForCapability() {}, getModel() {}, getHealth() {},
};
