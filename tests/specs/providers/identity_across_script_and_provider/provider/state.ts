console.log('state loaded');
export const state = { count: 0 };
