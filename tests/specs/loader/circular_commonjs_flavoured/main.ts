import { Parent } from './parent';
console.log(new Parent().describe());
