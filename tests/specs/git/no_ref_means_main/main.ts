import { name as main } from 'github:acme/main/mod.ts';
import { name as trunk } from 'github:acme/trunk/mod.ts';
console.log(main, trunk);
