import { getProvider } from "prizm";

export default class {
  id = "outer"; name = "Outer"; type = "local"; capabilities = []; models = [];
  inner: any;
  async configure() {
    this.inner = await getProvider("github:acme/shapes@v1");
  }
  async isAvailable() { return true; }
  getModelsForCapability() { return []; }
  async getModel(id: string) { return await this.inner.getModel(id); }
  async getHealth() { return { status: "healthy" }; }
  pass(callback: (value: number) => number) { return this.inner.call(callback, 20); }
  isInner(value: unknown) { return value === this.inner.model; }
  stream() { return this.inner.stream(2); }
}
