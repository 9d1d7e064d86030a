import { getProvider } from 'prizm';
try {
  await getProvider('file:./later');
} catch (error) {
  console.log(error.name);
}
await Deno.writeTextFile('later/index.ts', `export default {
  id: 'later', name: 'Later', type: 'local', capabilities: [], models: [],
  configure() {}, isAvailable() {}, getModelsForCapability() {}, getModel() {}, getHealth() {},
};`);
console.log((await getProvider('file:./later')).id);
await Deno.remove('later/index.ts');
