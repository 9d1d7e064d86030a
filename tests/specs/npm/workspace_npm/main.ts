import { said } from 'github:acme/mono/packages/app@v1';
console.log(said);
