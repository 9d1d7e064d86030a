export const name = 'changed';
