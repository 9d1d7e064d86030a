import { getProvider } from 'prizm';
await getProvider('file:./nowhere');
