import { getProvider } from 'prizm';

const provider = await getProvider(`github:acme/x@${Deno.args[0]}`);
console.log(provider.name);
