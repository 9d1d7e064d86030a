import { name } from 'lib';
console.log(name, process.env.PLACE, Deno.readTextFileSync('assets/text.txt').trim());
