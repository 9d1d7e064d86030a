import { getProvider, getService, ProviderRegistry } from 'prizm';
const { DockerThing } = await import('./service.ts');
console.log((await getProvider('speech')).id, (await getProvider('short')).id === 'echo');
console.log((await getService('thing')) instanceof DockerThing);
console.log(ProviderRegistry.getInstance().getAvailableProviders().join());
await getProvider('sport').catch((error) => console.log(error.hints.join()));
await getProvider('round').catch((error) => console.log(error.message));
