import 'npm:top@^1';
import 'npm:@acme/clean@1';
console.log('ran');
