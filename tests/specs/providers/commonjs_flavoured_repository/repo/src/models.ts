export const list = ['a', 'b'];
