import { word } from 'github:acme/x@v1.0.0';

console.log(word);
