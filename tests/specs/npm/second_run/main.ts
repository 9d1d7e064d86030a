import { all } from 'npm:chain@1';
console.log(all);
