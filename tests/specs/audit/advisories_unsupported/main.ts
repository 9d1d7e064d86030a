import 'npm:cjs-plain';
console.log('ran');
