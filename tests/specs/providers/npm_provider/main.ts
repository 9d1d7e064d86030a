import { getProvider } from 'prizm';
const provider = await getProvider('npm:npm-provider@^1.0.0');
console.log(provider.id, provider.models[0]);
