export const relative = 'relative';
