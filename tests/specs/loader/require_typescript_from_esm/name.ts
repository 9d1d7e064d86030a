export const name: string = 'late';
