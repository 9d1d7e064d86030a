import { version } from 'versioned';
import { shared } from '../../shared';
export default {
  id: 'sub', name: `${version} ${shared}`, type: 'local', capabilities: [], models: [],
  configure() {}, isAvailable() {}, getModelsForCapability() {}, getModel() {}, getHealth() {},
};
