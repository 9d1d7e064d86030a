import { getProvider } from 'prizm';
const provider = await getProvider('npm:typed-provider@1.0.0');
console.log(provider.id, provider.name, provider.models.length);
