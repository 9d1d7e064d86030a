import bcrypt from 'npm:bcrypt@6';
import 'npm:es5-ext@0.10';
console.log(await bcrypt.compare('secret', await bcrypt.hash('secret', 4)));
