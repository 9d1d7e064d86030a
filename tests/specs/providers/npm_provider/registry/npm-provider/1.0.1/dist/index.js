'use strict';
Object.defineProperty(exports, '__esModule', { value: true });
const { MediaCapability } = require('prizm');
const double = require('doubler');
exports.default = class {
  constructor() {
    Object.assign(this, { id: 'npm-provider', name: 'N', type: 'local', capabilities: [MediaCapability.TEXT_TO_TEXT], models: [double(2)] });
  }
  configure() {}
  isAvailable() {}
  getModelsForCapability() {}
  getModel() {}
  getHealth() {}
};
