const path = require('path');
export default path.sep ? 'esm default' : '';
