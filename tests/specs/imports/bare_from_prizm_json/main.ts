import { version } from 'versioned';
import { name } from 'lib';
console.log(version, name);
