import { version } from 'npm:versioned@next';
console.log(version);
