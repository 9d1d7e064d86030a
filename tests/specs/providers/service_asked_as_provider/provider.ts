import { make } from './make';
export default make('provider');
