import { version } from 'npm:versioned@1.0.0';
import { double } from 'npm:cjs-plain@1';
console.log(version, double(2));
