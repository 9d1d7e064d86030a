import fallback, * as all from './hub';
import { value, change } from './hub';
const os = require('os');
console.log(all.Level.One, all.renamed, fallback, all.deep.three, typeof os.EOL);
change();
console.log(value);
