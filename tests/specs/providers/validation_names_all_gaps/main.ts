import { getProvider } from 'prizm';
await getProvider('file:./partial.ts');
