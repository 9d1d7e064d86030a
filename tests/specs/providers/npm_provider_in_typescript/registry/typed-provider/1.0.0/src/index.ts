import { MediaCapability, MediaProvider } from 'prizm';
import { version } from 'versioned';
import { models } from './models';
const path = require('path');
export default class Typed implements Partial<MediaProvider> {
  id = path.basename('/typed');
  name: string = version;
  type = 'local' as const;
  capabilities = [MediaCapability.TEXT_TO_TEXT];
  models = models as never[];
  configure = async () => {};
  isAvailable = async () => true;
  getModelsForCapability = () => [];
  getModel = async () => ({});
  getHealth = async () => ({});
}
