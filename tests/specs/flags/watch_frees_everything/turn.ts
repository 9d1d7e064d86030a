export const turn: string = 'one';
