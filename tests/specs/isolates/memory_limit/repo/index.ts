export default class {
  id = 'painter'; name = 'Painter'; type = 'local'; capabilities = []; models = [];
  async configure() {}
  async isAvailable() { return true; }
  getModelsForCapability() { return []; }
  async getModel(id: string) { return { id }; }
  async getHealth() { return { status: 'healthy' }; }
  heap(): void { const all = []; for (;;) all.push({ text: 'x'.repeat(10) + all.length }); }
  array(): void { const all = []; for (;;) all.push(new Array(1 << 24).fill(0)); }
  buffers(): void { const all = []; for (;;) try { all.push(new ArrayBuffer(1 << 20)); } catch { /* again */ } }
  shared(): void { const all = []; for (;;) try { all.push(new SharedArrayBuffer(1 << 20)); } catch { /* again */ } }
  resizable(): void {
    const all = [];
    for (;;) {
      const buffer: any = new (ArrayBuffer as any)(0, { maxByteLength: 1 << 26 });
      buffer.resize(1 << 26);
      all.push(buffer);
    }
  }
  wasm(): void { const memory = new WebAssembly.Memory({ initial: 1 }); for (;;) try { memory.grow(16); } catch { /* again */ } }
  async promises(): Promise<void> { const all: any[] = []; for (;;) { all.push(new Array(1000).fill(Math.random())); await null; } }
  garbage(): number { let sum = 0; for (let i = 0; i < 400; i++) sum += new Uint8Array(1 << 20).length; return sum; }
}
