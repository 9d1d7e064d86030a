import { run, read } from 'github:acme/x@v1';
console.log(run(), read());
