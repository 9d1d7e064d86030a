import process from 'node:process';
import v8 from 'node:v8';

const name = (action: () => unknown) => {
  try {
    return String(action());
  } catch (error: any) {
    return error.name;
  }
};

export default class {
  id = 'loader'; name = 'Loader'; type = 'local'; capabilities = []; models = [];
  async configure() {}
  async isAvailable() { return true; }
  getModelsForCapability() { return []; }
  async getModel(id: string) { return { id }; }
  async getHealth() { return { status: 'healthy' }; }
  sees(): string | undefined { return process.env.OUTSIDE; }
  load(): string { return name(() => process.loadEnvFile(`${import.meta.dirname}/words.env`)); }
  raise(): string { return name(() => v8.setHeapSnapshotNearHeapLimit(1)); }
  change(): void { delete process.env.OUTSIDE; process.env.FROM_FILE = 'evil'; }
}
