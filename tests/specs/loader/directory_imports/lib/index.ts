export const index = 'index';
