export const name = 'mapped';
