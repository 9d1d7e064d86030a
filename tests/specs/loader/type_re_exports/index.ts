import { Later, Size as Length, make } from './types.js';
import Options from './types';
export { Shape, make as again } from './types';
export { Shape as Figure, Size } from './star';
export { Declared } from './declared';
export { default as Settings } from './types.js';
export { Length, Later, make, Options };
export default 'Shape';
