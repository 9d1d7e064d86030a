const load = (text: string) => new Function(atob(text));
export default {
  id: 'x', name: 'X', type: 'local', capabilities: [], models: [],
  configure: async () => {}, isAvailable: async () => true, getModelsForCapability: () => [],
  getModel: async () => undefined, getHealth: async () => ({ status: 'healthy' }), load,
};
