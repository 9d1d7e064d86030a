import { MediaCapability } from 'prizm';
import type { ProviderModel } from 'prizm';

export const models: ProviderModel[] = [
  { id: 'echo-1', name: 'Echo 1', capabilities: [MediaCapability.TEXT_TO_TEXT], parameters: {} },
];
