import { version } from 'npm:versioned@^1.0.0';
console.log(version);
