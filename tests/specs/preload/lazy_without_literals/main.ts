import { getProvider } from 'prizm';
const identifier = ['github:acme', 'echo@v1.0.0'].join('/');
if (Deno.args.length > 5) await getProvider(identifier);
await new Promise((done) => setTimeout(done, 300));
console.log('done');
