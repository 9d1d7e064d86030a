export const a = 'from src';
