export default require('../../shared.js')('main');
