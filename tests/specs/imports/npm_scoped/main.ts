import { describe } from 'npm:@acme/tool@1';
console.log(describe());
