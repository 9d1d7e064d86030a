import { classOf } from './make';
export default classOf('inner');
