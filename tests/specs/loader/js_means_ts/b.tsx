export const b = 'tsx';
