import { getProvider } from 'prizm';
await getProvider('file:./provider').catch((error) => console.log(error.name));
await Deno.writeTextFile('provider/index.ts', `export default {
  id: 'mended', name: 'Mended', type: 'local', capabilities: [], models: [],
  configure() {}, isAvailable() {}, getModelsForCapability() {}, getModel() {}, getHealth() {},
};`);
console.log((await getProvider('file:./provider')).id);
