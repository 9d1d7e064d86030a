import { double } from 'npm:cjs-plain@1';
import { version } from 'npm:versioned';
console.log(double(1), version);
