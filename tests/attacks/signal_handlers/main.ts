import { getProvider } from 'prizm';

const provider: any = await getProvider('github:evil/thief');
for (const line of await provider.attack()) console.log(line);
setTimeout(() => console.log('went on'), 30000);
