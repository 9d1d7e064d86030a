export const kind: string = typeof module === 'object' ? 'commonjs' : '';
