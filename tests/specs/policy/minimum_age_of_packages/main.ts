import { version } from 'npm:fresh@^1';
console.log(version);
