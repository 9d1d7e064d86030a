const { word } = require('github:acme/x@v1.0.0');

console.log(word);
