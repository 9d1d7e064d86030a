import { Thing } from './thing';
import { make } from './maker';
const required = require('./thing.ts');
async function main() {
  const dynamic = await import('./thing.js');
  console.log(make() instanceof Thing, required.Thing === Thing, dynamic.Thing === Thing);
}
main();
