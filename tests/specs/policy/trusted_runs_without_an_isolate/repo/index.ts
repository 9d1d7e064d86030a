export default class {
  id = 'x'; name = 'X'; type = 'local'; capabilities = []; models = [];
  async configure() {}
  async isAvailable() { return true; }
  getModelsForCapability() { return []; }
  async getModel(id: string) { return { id }; }
  async getHealth() { return { status: 'healthy' }; }
  isHere(): boolean { return (globalThis as any).fromTheScript === true; }
}
