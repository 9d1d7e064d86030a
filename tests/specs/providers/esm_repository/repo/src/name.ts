export const name = await Promise.resolve('esm');
