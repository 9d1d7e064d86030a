import * as it from 'npm:esm-only@3';
console.log(Object.keys(it).length > 0);
