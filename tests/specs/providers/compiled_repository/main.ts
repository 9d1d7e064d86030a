import { getProvider, MediaCapability } from 'prizm';
const provider = await getProvider('github:acme/built@v1');
console.log(provider.id, provider.capabilities[0] === MediaCapability.TEXT_TO_AUDIO);
