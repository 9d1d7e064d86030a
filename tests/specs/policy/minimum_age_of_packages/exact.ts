import { version } from 'npm:fresh@1.2.0';
console.log(version);
