export default {
  id: 'both', name: 'Both', type: 'local', capabilities: [], models: [],
  configure() {}, isAvailable() {}, getModelsForCapability() {}, getModel() {}, getHealth() {},
};
