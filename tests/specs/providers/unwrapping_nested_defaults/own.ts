import { make } from './make';
export default make('own default', { default: 'of its own' });
