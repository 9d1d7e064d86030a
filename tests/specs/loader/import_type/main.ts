import type { Missing } from './missing.ts';
import type Default from './missing-too.ts';
import { type Other, value } from './value.ts';
export type { Missing } from './missing.ts';
export type * from './missing-three.ts';
const typed: Missing | Default | Other = value as never;
console.log(typed);
