import { core } from '@acme/core';
import { add } from '@acme/core/math';
import { kit } from 'kit';
import { double } from 'cjs-plain';
import { double as same } from 'plain-alias';

export default {
  id: 'app',
  name: 'App',
  type: 'local',
  capabilities: [],
  models: [],
  configure: async () => {},
  isAvailable: async () => true,
  getModelsForCapability: () => [],
  getModel: () => undefined,
  getHealth: async () => ({ status: 'healthy' }),
  say: async () => `${core.name} ${add(1, 2)} ${kit} ${double(same(2))}`,
};
