export const getProvider = 'fake';
