export const id: string = 'b';
