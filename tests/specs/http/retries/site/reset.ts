export const reset = 'reset';
