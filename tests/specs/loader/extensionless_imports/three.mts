export const mts = 'mts';
