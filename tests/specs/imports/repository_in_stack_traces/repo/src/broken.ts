// One line.
const = 1;
