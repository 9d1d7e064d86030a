import { MediaCapability, ProviderRegistry } from 'prizm';
const make = (id: string, type: string, cost: number) =>
  class {
    id = id;
    name = id;
    type = type;
    capabilities = [MediaCapability.TEXT_TO_IMAGE];
    models = [{ id, name: id, capabilities: this.capabilities, parameters: {}, pricing: { inputCost: cost, outputCost: 0, currency: 'USD' } }];
    configure() {}
    async isAvailable() {
      return true;
    }
    getModelsForCapability() {
      return this.models;
    }
    getModel() {}
    getHealth() {}
  } as never;
const registry = ProviderRegistry.getInstance();
registry.register('local', make('local', 'local', 5));
registry.register('remote', make('remote', 'remote', 2));
const ids = (found: { id: string }[]) => found.map((one) => one.id).sort().join();
console.log(ids(await registry.getProvidersByCapability(MediaCapability.TEXT_TO_IMAGE)));
console.log(ids(await registry.getProvidersByCapability(MediaCapability.TEXT_TO_3D)));
registry.register('cheap', make('cheap', 'remote', 1));
const best = async (options: object) =>
  (await registry.findBestProvider(MediaCapability.TEXT_TO_IMAGE, options))?.id ?? null;
console.log(await best({ maxCost: 1 }));
console.log(await best({ preferLocal: true }));
console.log(await best({ excludeProviders: ['local', 'cheap'] }));
console.log(await best({ maxCost: 0.5 }));
console.log(await best({ excludeProviders: ['cheap'], maxCost: 3 }));
