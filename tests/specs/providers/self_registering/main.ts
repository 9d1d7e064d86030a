import { getProvider, ProviderRegistry } from 'prizm';
const provider = await getProvider('file:./self.ts');
console.log(provider.id);
console.log(ProviderRegistry.getInstance().hasProvider('self-registered'));
console.log((await getProvider('self-registered')) === provider);
