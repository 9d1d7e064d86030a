export const internal = 'internal';
