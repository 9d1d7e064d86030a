import { version } from 'npm:versioned@1.2.5';
console.log(version);
