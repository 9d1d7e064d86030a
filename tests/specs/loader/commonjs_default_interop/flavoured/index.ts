import imported from './other';
const os = require('os');
export default os.EOL ? imported : '';
