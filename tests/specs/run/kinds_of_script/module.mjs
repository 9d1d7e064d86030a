export const x = await Promise.resolve('mjs');
console.log(x);
