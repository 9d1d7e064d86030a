export default class Half {
  id = 'half';
  type = 'local';
  capabilities = [];
  configure() {}
  isAvailable() {}
  getModel() {}
}
