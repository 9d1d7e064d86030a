import { getProvider } from 'prizm';
console.log('done');
if (Deno.args.length > 5) await getProvider('github:acme/echo@v1.0.0');
