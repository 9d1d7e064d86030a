import { getProvider } from 'prizm';

const provider: any = await getProvider('github:evil/thief');
for (const line of await provider.attack({ http: '{{http}}', secret: '4f9d2c81b7e6' })) console.log(line);
