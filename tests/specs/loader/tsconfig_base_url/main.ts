import { a } from 'local/a';
import { deep } from 'local/deep';
console.log(a + ', ' + deep);
