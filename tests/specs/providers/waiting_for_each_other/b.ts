import { getProvider } from 'prizm';
export default await getProvider('file:./a.ts');
