export const name: string = 'entry';
