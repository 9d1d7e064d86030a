export default require('../shared.js')('index.ts');
