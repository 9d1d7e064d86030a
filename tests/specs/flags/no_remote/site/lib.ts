export const name: string = 'remote';
