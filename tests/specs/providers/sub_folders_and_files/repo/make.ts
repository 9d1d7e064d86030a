export const make = (id: string, more: object = {}) => ({
  id, name: id, type: 'local', capabilities: [], models: [],
  configure() {}, isAvailable() {}, getModelsForCapability() {}, getModel() {}, getHealth() {}, ...more,
});
export const classOf = (id: string) =>
  class {
    constructor() {
      Object.assign(this, make(id));
    }
  };
