// Loads a TypeScript provider and turns a sentence into a sound and a picture.
import { getProvider } from 'prizm';
import { join, relative } from 'node:path';

const sentence = process.argv.slice(2).join(' ') || 'The lighthouse is awake. Hello, ships!';
const out = join(import.meta.dirname, 'out');

// A folder here; `github:company/ai-provider@v2.1.0` or `npm:ai-provider@^2` work the same way.
const provider = await getProvider('file:./provider');
console.log(`${provider.name} (${provider.type}): ${provider.capabilities.join(', ')}`);
for (const model of provider.models) console.log(`  ${model.id}: ${model.description}`);

for (const capability of provider.capabilities) {
  const [{ id }] = provider.getModelsForCapability(capability);
  const model = await provider.getModel(id);
  const made = await model.transform(sentence);
  const file = await made.toFile(join(out, `${id}.${made.extension}`));
  const shape = made.duration ? `${made.duration.toFixed(1)} s` : `${made.width} x ${made.height} pixels`;
  console.log(`${relative(process.cwd(), file)}  ${made.mimeType}, ${made.data.length} bytes, ${shape}`);
}
