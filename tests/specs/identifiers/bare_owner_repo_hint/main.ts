import { getProvider } from 'prizm';
await getProvider('owner/repo');
