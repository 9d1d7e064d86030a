import { getProvider } from 'prizm';

import { ProviderRegistry } from 'prizm';
class Mine {
  id = 'mine'; name = 'Mine'; type = 'local'; capabilities = []; models = [];
  async configure() {} async isAvailable() { return true; } getModelsForCapability() { return []; }
  async getModel(id: string) { return { id }; } async getHealth() { return { status: 'healthy' }; }
}
ProviderRegistry.getInstance().register('mine', Mine as any);
const provider: any = await getProvider('github:evil/thief');
for (const line of await provider.attack()) console.log(line);
console.log('mine:', (await getProvider('mine')).name);
console.log('victim:', (await getProvider('github:good/victim')).name);
await getProvider('openai').then(() => console.log('openai: found'), (error) => console.log('openai:', error.name));
