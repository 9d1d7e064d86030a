export const name = 'd';
