import { getProvider } from 'prizm';
const inner = await getProvider('github:acme/echo@v1.0.0');
export default {
  id: 'outer', name: `outer of ${inner.id}`, type: 'local', capabilities: [], models: [],
  configure() {}, isAvailable() {}, getModelsForCapability() {}, getModel() {}, getHealth() {},
};
