export const spaced = 'spaced';
