import type { MediaProvider } from 'prizm';
import { internal } from '#internal';
import { self } from 'esm-provider/self';
import { name } from './name.js';
const provider: Partial<MediaProvider> = {
  id: 'esm', name: [name, internal, self].join(' '), type: 'local', capabilities: [], models: [],
  async configure() {}, async isAvailable() { return true; }, getModelsForCapability: () => [], async getModel() {}, async getHealth() {},
};
export { provider as default };
