import { version } from 'versioned';
import { double } from 'other-name';
console.log(version, double(1));
