export const ts = 'ts';
