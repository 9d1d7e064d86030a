import { MediaCapability } from 'prizm';
import type { MediaProvider, ProviderConfig, ProviderModel } from 'prizm';
import { models } from './models';

export default class EchoProvider implements MediaProvider {
  readonly id = 'echo';
  readonly name = 'Echo';
  readonly type = 'local' as const;
  readonly capabilities = [MediaCapability.TEXT_TO_TEXT];
  readonly models: ProviderModel[] = models;
  private config: ProviderConfig = {};

  async configure(config: ProviderConfig): Promise<void> {
    this.config = { ...this.config, ...config };
  }

  async isAvailable(): Promise<boolean> {
    return true;
  }

  getModelsForCapability(capability: MediaCapability): ProviderModel[] {
    return this.models.filter((model) => model.capabilities.includes(capability));
  }

  async getModel(id: string): Promise<unknown> {
    return { id, transform: async (text: string) => `${this.config.apiKey ?? 'echo'}: ${text}` };
  }

  async getHealth(): Promise<{ status: 'healthy' }> {
    return { status: 'healthy' };
  }
}
