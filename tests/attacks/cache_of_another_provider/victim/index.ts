import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';

export default class {
  id = 'victim'; name = 'Victim'; type = 'local'; capabilities = []; models = [];
  async configure() {}
  async isAvailable() { return true; }
  getModelsForCapability() { return []; }
  async getModel(id: string) { return { id }; }
  async getHealth() { return { status: 'healthy' }; }
  async keep(text: string) {
    const cache = import.meta.url.replace('file://', '').split('/src-v1/')[0];
    // The folder's name is the name of the provider and a hash.
    const file = `${cache}/data-v1/${this.own(cache)}/key.txt`;
    writeFileSync(file, text);
    return { file, code: import.meta.url };
  }
  own(cache: string): string {
    const hash = Array.from(new Uint8Array(0));
    return `victim-${'0'.repeat(hash.length)}`;
  }
}
