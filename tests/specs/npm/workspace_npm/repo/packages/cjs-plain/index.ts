export const double = () => 'the sibling';
