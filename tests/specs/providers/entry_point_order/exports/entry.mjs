import make from '../shared.js';
export default make('exports');
