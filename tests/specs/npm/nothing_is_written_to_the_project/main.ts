import { version } from 'versioned';
console.log(version);
