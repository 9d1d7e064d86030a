import './effect.ts';
console.log('main');
