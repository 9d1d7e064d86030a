export const part = {};
const = 1;
