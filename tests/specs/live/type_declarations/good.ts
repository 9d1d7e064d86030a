import { getProvider, MediaCapability, ProviderRegistry } from 'prizm';
import type { MediaProvider, ProviderModel } from 'prizm';
export class Good implements Pick<MediaProvider, 'id' | 'type' | 'capabilities' | 'models'> {
  id = 'good';
  type = 'local' as const;
  capabilities = [MediaCapability.TEXT_TO_AUDIO];
  models: ProviderModel[] = [];
}
export async function use(): Promise<string[]> {
  const provider = await getProvider('github:o/r@v1');
  await provider.configure({ apiKey: 'x', serviceUrl: 'http://localhost:1' });
  return [provider.name, ...ProviderRegistry.getInstance().getAvailableProviders()];
}
