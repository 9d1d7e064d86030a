export type Declared = { a: 1 };
