import { getProvider } from 'prizm';
(globalThis as any).secretOfTheScript = 'marker-4f9d2c81b7e6';
const provider: any = await getProvider('github:evil/thief');
for (const line of await provider.attack()) console.log(line);
