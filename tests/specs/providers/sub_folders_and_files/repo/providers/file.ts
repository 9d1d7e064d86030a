import { make } from '../make';
export default make('file');
