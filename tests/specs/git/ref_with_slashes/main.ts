import { name } from 'github:acme/x@feature/new/model';
import { name as again } from 'github:acme/x@feature/new/model/lib/file.ts';
console.log(name, again);
