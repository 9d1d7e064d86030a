import data from './data.json';
const required = require('./data.json');
import('./data.json').then((again) => console.log(data.one, again.default.one, required.one));
