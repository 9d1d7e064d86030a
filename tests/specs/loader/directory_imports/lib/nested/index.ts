export const nested = 'nested';
