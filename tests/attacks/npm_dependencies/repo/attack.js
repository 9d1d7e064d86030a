import { tryWays } from './ways.js';

import helper from 'evil-helper';

export default ({ home, root }) => tryWays({
  'works': () => helper.name,
  'a file': () => helper.read(`${home}/secret.txt`),
  'the environment': () => helper.env('SECRET'),
  'a program': () => helper.run(),
  'what its install script left': () => helper.read(`${root}/tmp/installed`),
});
