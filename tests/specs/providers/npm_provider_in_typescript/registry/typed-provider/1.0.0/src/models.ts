export const models: string[] = ['a', 'b'];
