export const text = 'long enough to be cut';
