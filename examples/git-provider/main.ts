// A provider straight from a git repository, at the tag, branch or commit after the `@`.
//   prizm run -A examples/git-provider/main.ts github:company/ai-provider@v2.1.0
import { getProvider, parseIdentifier } from 'prizm';

const [identifier] = process.argv.slice(2);
if (identifier === undefined) {
  console.error('usage: prizm run -A examples/git-provider/main.ts github:owner/repo@ref');
  process.exit(2);
}

console.log(parseIdentifier(identifier));

const provider = await getProvider(identifier);
console.log(`${provider.name} offers ${provider.models.length} models for ${provider.capabilities.join(', ')}`);
