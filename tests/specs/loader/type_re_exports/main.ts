import name, { again } from './index.ts';
import type { Figure, Length } from './index.ts';
import * as all from './index.ts';
import * as star from './star.ts';

const figure: Figure | Length = 1;
const names = (module: object) => `[${Object.keys(module).join(', ')}]`;
console.log(again(), name, names(all));
console.log('star', names(star));
