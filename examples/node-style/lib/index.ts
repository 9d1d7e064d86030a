// `./lib` finds this file by its folder; `./format.js` below finds `format.ts`.
import { Level, format } from './format.js';

export function describe(name: string, text: string): string {
  return format(Level.Info, `${name}: ${text}`);
}
