import { version } from 'versioned';
import { double } from 'cjs-plain';
export default {
  id: 'deps', name: version, type: 'local', capabilities: [], models: [double(2)],
  configure() {}, isAvailable() {}, getModelsForCapability() {}, getModel() {}, getHealth() {},
};
