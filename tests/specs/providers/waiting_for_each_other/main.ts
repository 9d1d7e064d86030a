import { getProvider } from 'prizm';
await getProvider('file:./a.ts');
