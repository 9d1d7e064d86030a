export const name: string = 'a';
