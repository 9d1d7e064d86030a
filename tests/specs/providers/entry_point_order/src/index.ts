export default require('../shared.js')('wrong');
