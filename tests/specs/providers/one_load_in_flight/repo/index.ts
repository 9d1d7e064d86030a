console.log('evaluated');
export default class {
  id = 'once';
  name = 'Once';
  type = 'local';
  capabilities = [];
  models = [];
  configure() {}
  isAvailable() {}
  getModelsForCapability() {}
  getModel() {}
  getHealth() {}
}
