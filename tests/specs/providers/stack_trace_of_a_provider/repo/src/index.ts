interface Removed {
  one: string;
  two: number;
}
export default class {
  id = 'boom';
  name = 'Boom';
  type = 'local';
  capabilities = [];
  models: Removed[] = [];
  async configure(config: object): Promise<void> {
    await null;
    throw new Error('no credit');
  }
  isAvailable() {}
  getModelsForCapability() {}
  getModel() {}
  getHealth() {}
}
