export const name = 'new';
