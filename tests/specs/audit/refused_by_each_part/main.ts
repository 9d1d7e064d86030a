import { getProvider, getService } from 'prizm';

const [kind, identifier] = Deno.args;
const loading = kind === 'service' ? getService(identifier, {}) : getProvider(identifier);
await loading.then(() => console.log('loaded'), () => console.log('not loaded'));
