export default class {
  id = 'victim'; name = 'Victim'; type = 'local'; capabilities = []; models = [];
  async configure() {}
  async isAvailable() { return true; }
  getModelsForCapability() { return []; }
  async getModel(id: string) { return { id }; }
  async getHealth() { return { status: 'healthy' }; }

}
