import { version } from 'npm:versioned';
console.log(version);
