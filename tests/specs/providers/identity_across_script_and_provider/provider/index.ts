import { state } from './state';
state.count++;
export default {
  id: 'p', name: 'P', type: 'local', capabilities: [], models: [state],
  configure() {}, isAvailable() {}, getModelsForCapability() {}, getModel() {}, getHealth() {},
};
