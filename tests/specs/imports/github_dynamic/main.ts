const specifier = ['github:acme', 'lib@v1.0.0'].join('/');
const first = await import(specifier);
const second = await import('github:acme/lib@v1.0.0');
console.log(first.name, first === second);
