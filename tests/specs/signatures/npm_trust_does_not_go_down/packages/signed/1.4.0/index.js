module.exports = {
  id: 'signed', name: '1.4.0', type: 'remote', capabilities: [], models: [],
  configure: async () => {}, isAvailable: async () => true,
  getModelsForCapability: () => [], getModel: async () => { throw new Error('none'); },
  getHealth: async () => ({ status: 'healthy', uptime: 0, activeJobs: 0, queuedJobs: 0 }),
};
