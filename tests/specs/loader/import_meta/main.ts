import './lib.ts';
console.log(import.meta.main, import.meta.url.endsWith('/main.ts'));
console.log(import.meta.filename);
console.log(import.meta.dirname);
console.log(import.meta.resolve('./lib.ts'));
console.log((globalThis as { libIsMain?: boolean }).libIsMain);
