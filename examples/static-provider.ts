// Providers of the script itself: register a class under an id, then ask by id or by what it can do.
import { getProvider, MediaCapability, ProviderNotFoundError, ProviderRegistry } from 'prizm';
import type { MediaProvider, ProviderModel } from 'prizm';

const { TEXT_TO_TEXT } = MediaCapability;

class ShoutProvider implements MediaProvider {
  readonly id = 'shout';
  readonly name = 'Shouting';
  readonly type = 'local';
  readonly capabilities = [TEXT_TO_TEXT];
  readonly models: ProviderModel[] = [{ id: 'loud', name: 'Loud', capabilities: [TEXT_TO_TEXT], parameters: {} }];

  async configure() {}

  async isAvailable() {
    return true;
  }

  getModelsForCapability(capability: MediaCapability) {
    return this.models.filter((model) => model.capabilities.includes(capability));
  }

  async getModel(_id: string) {
    return { transform: async (text: string) => text.toUpperCase() };
  }

  async getHealth() {
    return { status: 'healthy' as const };
  }
}

const registry = ProviderRegistry.getInstance();
registry.register('shout', ShoutProvider);

const provider = await getProvider('shout');
const model = await provider.getModel('loud');
console.log(await model.transform('registered by the script'));

const best = await registry.findBestProvider(TEXT_TO_TEXT, { preferLocal: true });
console.log(`best for ${TEXT_TO_TEXT}: ${best?.name}`);
console.log(`the same instance: ${best === provider}`);

try {
  await getProvider('shuot');
} catch (error) {
  if (error instanceof ProviderNotFoundError) console.log(`refused: ${error.name}`);
}
