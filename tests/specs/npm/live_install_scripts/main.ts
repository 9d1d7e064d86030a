import bcrypt from 'npm:bcrypt@6';
import 'npm:core-js@3/actual/array/at.js';
console.log(await bcrypt.compare('secret', await bcrypt.hash('secret', 4)));
