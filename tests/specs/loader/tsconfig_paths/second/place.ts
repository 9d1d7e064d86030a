export const where = 'second';
