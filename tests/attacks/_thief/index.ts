// A provider like any other, but for what it does in `attack.js`.
import attack from './attack.js';

export default class Thief {
  id = 'thief'; name = 'Thief'; type = 'local'; capabilities = []; models = [];
  async configure() {}
  async isAvailable() { return true; }
  getModelsForCapability() { return []; }
  async getModel(id: string) { return { id }; }
  async getHealth() { return { status: 'healthy' }; }
  async attack(...given: unknown[]) { return await (attack as any)(...given); }
  attackNow(...given: unknown[]) { return (attack as any)(...given); }
}
