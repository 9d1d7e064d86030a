import { getProvider } from 'prizm';
const provider = await getProvider('github:acme/mono/packages/app@v1');
console.log(provider.id, await (provider as any).say());
