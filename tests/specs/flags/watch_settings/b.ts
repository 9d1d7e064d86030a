export const name: string = 'b';
