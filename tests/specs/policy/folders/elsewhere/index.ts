const { MediaCapability } = require('prizm');

export const painter = {
  id: 'painter',
  name: 'Painter',
  type: 'remote',
  capabilities: [MediaCapability.TEXT_TO_IMAGE, MediaCapability.IMAGE_TO_IMAGE],
  models: [
    { id: 'oil', name: 'Oil', capabilities: [MediaCapability.TEXT_TO_IMAGE], parameters: {}, pricing: { inputCost: 2, outputCost: 2, currency: 'USD' } },
  ],
  configure: async () => {},
  isAvailable: async () => true,
  getModelsForCapability: (capability: string) => painter.models.filter((model) => model.capabilities.includes(capability)),
  getModel: async (id: string) => ({ id }),
  getHealth: async () => ({ status: 'healthy' }),
};
