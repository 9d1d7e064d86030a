console.log('c');
export const text: string = 'c';
