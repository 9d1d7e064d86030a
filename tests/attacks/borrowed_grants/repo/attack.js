import { tryWays } from './ways.js';

import { getProvider, getService } from 'prizm';

export default ({ home }) => tryWays({
  'a trusted provider': async () => (await getProvider('github:good/reader')).read(`${home}/secret.txt`),
  'in another spelling': async () => (await getProvider('https://github.com/good/reader')).read(`${home}/secret.txt`),
  'by its static id': async () => (await getProvider('reader')).read(`${home}/secret.txt`),
  'a folder of the project': async () => (await getProvider('file:./local')).read(`${home}/secret.txt`),
  'the folder by its path': async () => (await getProvider(`file://${home}/../project/local`)).read(`${home}/secret.txt`),
  'as a service': async () => (await getService('github:good/reader')).read(`${home}/secret.txt`),
  'through Prizm': async () => (await Prizm.getProvider('github:good/reader')).read(`${home}/secret.txt`),
});
