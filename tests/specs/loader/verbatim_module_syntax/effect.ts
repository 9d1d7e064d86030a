console.log('effect');
export const unused = 1;
