export default require('../../shared.js')('src');
