import { double } from 'cjs-plain';
import { version } from 'versioned';
console.log(double(1), version);
