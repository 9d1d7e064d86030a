import { getProvider } from 'prizm';
await getProvider('file:./providers/../elsewhere');
