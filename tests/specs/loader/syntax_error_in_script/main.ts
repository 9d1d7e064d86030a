// the second line is wrong
const = 1;
