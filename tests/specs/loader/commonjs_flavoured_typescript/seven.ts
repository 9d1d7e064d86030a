export const seven: number = 7;
