export const absolute = 'absolute';
