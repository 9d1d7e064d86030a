export default {
  id: 'p', name: 'P', type: 'cloud', capabilities: 'text-to-text', models: [],
  configure() {}, isAvailable() {}, getModelsForCapability() {}, getModel: 'yes', getHealth() {},
};
