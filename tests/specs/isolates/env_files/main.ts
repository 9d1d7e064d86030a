import process from 'node:process';
import { getProvider } from 'prizm';

const provider: any = await getProvider('github:acme/loader');
console.log('sees', provider.sees());
console.log('file', provider.load());
console.log('limit', provider.raise());
provider.change();
console.log('script', process.env.OUTSIDE, process.env.FROM_FILE);
