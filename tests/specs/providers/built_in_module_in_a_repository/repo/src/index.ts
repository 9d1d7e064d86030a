import type { ProviderConfig } from 'prizm';
import { MediaCapability, type MediaProvider, ProviderRegistry, ProviderModel } from 'prizm';
import * as everything from 'prizm';
const { version } = require('versioned');
const required = require('prizm');
class Flavoured implements Partial<MediaProvider> {
  id = 'flavoured';
  name = version;
  type = 'local' as const;
  capabilities = [MediaCapability.TEXT_TO_AUDIO];
  models: ProviderModel[] = [];
  same = [
    required.ProviderRegistry === ProviderRegistry,
    everything.ProviderRegistry === ProviderRegistry,
    required.getProvider === everything.getProvider,
  ];
  async configure(_config: ProviderConfig) {}
  async isAvailable() {
    return true;
  }
  getModelsForCapability() {
    return [];
  }
  async getModel() {}
  async getHealth() {
    return { status: 'healthy' as const };
  }
}
module.exports = Flavoured;
