export const kind = 'ts';
