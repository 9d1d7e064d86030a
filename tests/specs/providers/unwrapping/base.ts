export class Base {
  name = 'Base';
  type = 'local';
  capabilities = [];
  models = [];
  constructor(public id: string) {}
  configure() {}
  isAvailable() {}
  getModelsForCapability() {}
  getModel() {}
  getHealth() {}
}
