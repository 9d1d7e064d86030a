export const name: string = 'lib';
