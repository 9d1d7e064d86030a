import { lib } from './lib';
lib();
if (require.main === module) {
  console.log('main', true);
  console.log(require.main.filename);
}
