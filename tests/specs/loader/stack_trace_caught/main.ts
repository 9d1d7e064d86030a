interface Removed {
  one: 1;
  two: 2;
}
const { fail } = require('./lib');
const where = (error: Error) => /\/[^\s()]*\.ts:\d+:\d+/.exec(error.stack!)![0].replace("file://", "").replace(/^\/+/, "/");
try {
  throw new Error('here');
} catch (error) {
  console.log(where(error));
}
try {
  fail();
} catch (error) {
  console.log(where(error));
}
