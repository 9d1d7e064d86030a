import { getProvider } from 'prizm';
await getProvider(Deno.args[0]);
