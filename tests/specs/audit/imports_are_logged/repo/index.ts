export const word = 'x';
