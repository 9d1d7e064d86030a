export const deep = 'from deep';
