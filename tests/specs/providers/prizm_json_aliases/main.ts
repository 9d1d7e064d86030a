import { getProvider, ProviderRegistry } from 'prizm';
console.log((await getProvider('speech')).id);
console.log(ProviderRegistry.getInstance().getAvailableProviders().join());
