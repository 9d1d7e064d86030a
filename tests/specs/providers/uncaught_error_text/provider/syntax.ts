// a comment
export const = 1;
