import { version } from 'versioned';
import { MediaCapability } from 'prizm';
export default {
  id: 'local', name: version, type: 'local', capabilities: [MediaCapability.TEXT_TO_TEXT], models: [],
  configure() {}, isAvailable() {}, getModelsForCapability() {}, getModel() {}, getHealth() {},
};
