import { MediaProvider } from 'prizm';
import { decorated } from '@/decorator';
const models = require('./models');
@decorated
export class Flavoured implements Partial<MediaProvider> {
  id = 'flavoured';
  name: string;
  type = 'local' as const;
  capabilities = [];
  models = models.list;
  configure = async () => {};
  isAvailable = async () => true;
  getModelsForCapability = () => [];
  getModel = async () => ({});
  getHealth = async () => ({});
}
