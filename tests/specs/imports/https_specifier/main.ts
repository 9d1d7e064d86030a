import { name, inner } from '{{https}}/mod.ts';
import { moved } from '{{https}}/old.ts';
import data from '{{https}}/data.json' with { type: 'json' };
console.log(name, inner, moved, data.one);
