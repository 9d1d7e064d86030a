import { getProvider, MediaCapability } from 'prizm';
const provider = await getProvider('github:acme/echo@v1.0.0');
console.log(provider.id, provider.type, provider.capabilities.join());
await provider.configure({ apiKey: 'key' });
const model = await provider.getModel('echo-1');
console.log(await model.transform('hello'));
const models = provider.getModelsForCapability(MediaCapability.TEXT_TO_TEXT);
console.log(models.length, await provider.isAvailable(), (await provider.getHealth()).status);
