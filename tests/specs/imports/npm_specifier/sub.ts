import { sub } from 'npm:versioned@~1.1.0/sub.js';
console.log(sub);
