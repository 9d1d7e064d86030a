import { mark } from 'npm:marker@1';
import { mark as other } from 'npm:other-marker@1';
console.log([mark(), other()].join(', '));
