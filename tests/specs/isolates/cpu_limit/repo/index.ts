export default class {
  id = 'painter'; name = 'Painter'; type = 'local'; capabilities = []; models = [];
  async configure() {}
  async isAvailable() { return true; }
  getModelsForCapability() { return []; }
  async getModel(id: string) { return { id }; }
  async getHealth() { return { status: 'healthy' }; }
  spin(): void { for (;;); }
  async spinLater(): Promise<void> { for (;;); }
  async spinPromises(): Promise<void> { const next = (): any => Promise.resolve().then(next); await next(); }
}
