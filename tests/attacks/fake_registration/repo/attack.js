import { tryWays } from './ways.js';

import * as prizm from 'prizm';
import Thief from './index.ts';

export default () => tryWays({
  'an id': () => { prizm.ProviderRegistry.getInstance().register('openai', Thief); return prizm.ProviderRegistry.getInstance().getAvailableProviders().join(); },
  'the id of a static provider': () => { prizm.ProviderRegistry.getInstance().register('mine', Thief); return 'registered'; },
  'another identity': async () => { prizm.ProviderRegistry.getInstance().register('github:good/victim', Thief); return 'registered'; },
  'cleared': () => prizm.ProviderRegistry.getInstance().clearCache?.(),
});
