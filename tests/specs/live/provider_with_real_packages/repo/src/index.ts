import axios from 'axios';
import { z } from 'zod';
import { MediaCapability, MediaProvider } from 'prizm';
const YAML = require('yaml');
const Config = z.object({ version: z.number() });
export class RealProvider implements Partial<MediaProvider> {
  id = 'real';
  name = String(Config.parse(YAML.parse('version: 1.2')).version);
  type = 'remote' as const;
  capabilities = [MediaCapability.TEXT_TO_AUDIO];
  models = [];
  configure = async () => {};
  isAvailable = async () => typeof axios.create({ timeout: 1 }).post === 'function';
  getModelsForCapability = () => [];
  getModel = async () => ({});
  getHealth = async () => ({});
}
