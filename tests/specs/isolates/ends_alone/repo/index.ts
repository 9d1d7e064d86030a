export default class {
  id = 'painter'; name = 'Painter'; type = 'local'; capabilities = []; models = [];
  async configure() {}
  async isAvailable() { return true; }
  getModelsForCapability() { return []; }
  async getModel(id: string) { return { id }; }
  async getHealth() { return { status: 'healthy' }; }
  exitNode(): void { process.exit(7); }
  exitDeno(): void { Deno.exit(8); }
  close(): void { (globalThis as any).close(); }
  async reject(): Promise<void> { void Promise.reject(new Error('nobody caught this')); await new Promise(() => {}); }
  async timer(): Promise<void> { setTimeout(() => { throw new Error('thrown later'); }); await new Promise(() => {}); }
  async exitLater(): Promise<void> { setTimeout(() => process.exit(3)); await new Promise(() => {}); }
}
