import { ts } from './one';
import { tsx } from './two';
import { mts } from './three';
import { js } from './four';
import data from './five';
console.log(ts, tsx, mts, js, data.kind);
