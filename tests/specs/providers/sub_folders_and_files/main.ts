import { getProvider, ProviderRegistry } from 'prizm';
const ids = ['github:acme/mono/packages/left@v1', 'github:acme/mono/packages/right@v1', 'github:acme/mono/providers/file.ts@v1', 'github:acme/mono@v1'];
const all = await Promise.all(ids.map((id) => getProvider(id)));
console.log(all.map((one) => one.id).join(' '));
console.log((await getProvider('github:acme/mono@v1/packages/left')) === all[0]);
console.log((await getProvider('https://github.com/acme/mono/tree/v1/packages/right')) === all[1]);
console.log(ProviderRegistry.getInstance().getStats().byKind.github);
