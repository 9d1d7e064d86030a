export default class {
  id = 'curious'; name = 'Curious'; type = 'local'; capabilities = []; models = [];
  async configure() {}
  async isAvailable() { return true; }
  getModelsForCapability() { return []; }
  async getModel(id: string) { return { id }; }
  async getHealth() { return { status: 'healthy' }; }
  ask(message: string, code: string): string {
    const host = (globalThis as any)[Symbol.for('prizm.host')];
    try {
      host.failedImport(Object.assign(new TypeError(message), { code }));
    } catch (error: any) {
      return [...error.hints ?? [], error.cause?.message ?? ''].filter(Boolean).join() || 'nothing';
    }
    return 'no error';
  }
}
