import { getProvider } from 'prizm';

const loading = getProvider(Deno.args[0]);
await loading.then(() => console.log('loaded'), () => console.log('not loaded'));
