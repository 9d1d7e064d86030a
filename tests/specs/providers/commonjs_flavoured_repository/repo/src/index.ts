import { Flavoured } from '@/provider';
import { NeverUsed } from './types-that-do-not-exist';
export { Flavoured };
export default Flavoured;
let unused: NeverUsed | undefined;
if (require.main === module) {
  console.log('must not run', unused);
}
