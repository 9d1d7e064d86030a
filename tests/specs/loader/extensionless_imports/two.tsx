export const tsx = 'tsx';
