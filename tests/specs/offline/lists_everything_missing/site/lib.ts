export const remote = 'remote';
