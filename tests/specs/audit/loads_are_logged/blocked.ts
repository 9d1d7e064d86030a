import { getProvider } from 'prizm';
await getProvider('github:acme/evil?token=hunter2-hunter2').catch((error) => console.log('refused'));
await getProvider('github:acme/evil@v1').catch((error) => console.log('refused'));
await getProvider('github:acme/missing@v1').catch((error) => console.log('failed'));
