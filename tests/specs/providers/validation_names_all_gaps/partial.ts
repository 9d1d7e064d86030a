export default { id: 'partial', type: 'local', capabilities: [], models: [] };
