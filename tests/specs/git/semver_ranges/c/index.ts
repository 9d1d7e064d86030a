export const name = 'c';
