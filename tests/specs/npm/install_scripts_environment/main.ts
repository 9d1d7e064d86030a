import { lines } from 'npm:built@1';
console.log(lines.join('\n'));
