export const name = 'remote';
