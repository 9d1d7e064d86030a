import { getProvider } from 'prizm';
import { make } from './make';
export default make('outer', {
  async configure() {
    this.inner = await getProvider('file:./inner.ts');
    this.self = await getProvider('file:./outer.ts');
  },
});
