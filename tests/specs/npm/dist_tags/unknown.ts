import { version } from 'npm:versioned@canary';
console.log(version);
