import { getService } from 'prizm';
await getService('file:./half.ts');
