import { getProvider, getService } from 'prizm';
await getProvider('file:./service.ts').catch((error) => console.log(error.hints[0]));
await getService('file:./provider.ts').catch((error) => console.log(error.hints[0]));
