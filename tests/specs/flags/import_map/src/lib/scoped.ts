export const one = 'scoped';
