export const name = 'x';
