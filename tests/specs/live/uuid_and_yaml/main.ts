import { v4 as uuid, validate } from 'uuid';
const YAML = require('yaml');
const id = uuid();
console.log(validate(id), id.length);
console.log(JSON.stringify(YAML.parse('a: [1, 2]')));
console.log(YAML.stringify({ b: true }).trim());
