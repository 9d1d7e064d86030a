import { getProvider } from 'prizm';
if (Deno.args.length > 5) await getProvider('github:acme/echo@v1.0.0');
await new Promise((done) => setTimeout(done, 300));
console.log('done');
