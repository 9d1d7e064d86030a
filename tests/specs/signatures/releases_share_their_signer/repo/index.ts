import type { MediaProvider } from 'prizm';

const provider: MediaProvider = {
  id: 'signed', name: 'one', type: 'local', capabilities: [], models: [],
  configure: async () => {}, isAvailable: async () => true,
  getModelsForCapability: () => [], getModel: async () => { throw new Error('none'); },
  getHealth: async () => ({ status: 'healthy', uptime: 0, activeJobs: 0, queuedJobs: 0 }),
};
export default provider;
