export default class {
  id = 'painter'; name = 'Painter'; type = 'local'; capabilities = []; models = [];
  async configure() {}
  async isAvailable() { return true; }
  getModelsForCapability() { return []; }
  async getModel(id: string) { return { id }; }
  async getHealth() { return { status: 'healthy' }; }
  wait(): void { Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0); }
  async never(): Promise<void> { await new Promise(() => {}); }
  async soon(): Promise<string> { return 'soon'; }
}
