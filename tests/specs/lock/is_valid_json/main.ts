import { name } from 'github:acme/b@v1';
import 'github:acme/a@v1';
console.log(name);
