import { getProvider } from 'prizm';

const provider = await getProvider('file:./providr');
console.log(provider.id);
