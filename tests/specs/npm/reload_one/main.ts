import { double } from 'npm:cjs-plain@1';
import { version } from 'npm:versioned@^1.0.0';
console.log(double(1), version);
