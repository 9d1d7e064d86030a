import { getProvider } from 'prizm';

const provider: any = await getProvider('github:acme/runner');
for (const line of await provider.run()) console.log(line);
