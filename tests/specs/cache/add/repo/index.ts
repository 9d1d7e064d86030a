export { version } from 'versioned';
export { name as dep } from 'github:acme/dep@v1';
export const name = 'x';
