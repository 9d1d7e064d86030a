import { speak } from './audio/voice';
import { paint } from './image/postcard';
import { postcardParameters, sentence, voiceParameters } from './parameters';
import type { Capability, Health, Model, ProviderConfig } from './types';

// package.json lies outside `rootDir`, so it is required, not imported.
const { version } = require('../package.json') as { version: string };

const voice: Model = {
  id: 'voice',
  name: 'Lighthouse keeper (voice)',
  description: 'Reads English with a formant synthesizer: 44.1 kHz, 16 bit, mono WAV',
  capabilities: ['text-to-audio'],
  parameters: { pitch: 'hertz, 60 to 300', speed: '0.5 to 2' },
  async transform(text, parameters = {}) {
    return speak(sentence.parse(text), voiceParameters.parse(parameters));
  },
};

const postcard: Model = {
  id: 'postcard',
  name: 'Lighthouse keeper (postcard)',
  description: 'Paints a lighthouse above the sentence: 1080 by 760 PNG',
  capabilities: ['text-to-image'],
  parameters: { scene: 'dusk, night or dawn', seed: 'whole number' },
  async transform(text, parameters = {}) {
    return paint(sentence.parse(text), postcardParameters.parse(parameters));
  },
};

export default class PostcardProvider {
  readonly id = 'postcard-provider';
  readonly name = `Postcards ${version}`;
  readonly type = 'local';
  readonly capabilities: Capability[] = ['text-to-audio', 'text-to-image'];
  readonly models: Model[] = [voice, postcard];
  private config: ProviderConfig = {};
  private readonly started = Date.now();

  async configure(config: ProviderConfig): Promise<void> {
    this.config = { ...this.config, ...config };
  }

  async isAvailable(): Promise<boolean> {
    return true;
  }

  getModelsForCapability(capability: Capability): Model[] {
    return this.models.filter((model) => model.capabilities.includes(capability));
  }

  async getModel(id: string): Promise<Model> {
    const found = this.models.find((model) => model.id === id);
    if (found === undefined) throw new RangeError(`No model is called '${id}'; there are ${this.models.map((model) => model.id)}`);
    return found;
  }

  async getHealth(): Promise<Health> {
    return { status: 'healthy', uptime: Date.now() - this.started, activeJobs: 0, queuedJobs: 0 };
  }
}
