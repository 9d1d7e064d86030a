export const secret = 'of the project';
