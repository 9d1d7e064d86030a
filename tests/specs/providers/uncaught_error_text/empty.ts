import { getProvider } from 'prizm';

const provider = await getProvider('file:./empty');
console.log(provider.id);
