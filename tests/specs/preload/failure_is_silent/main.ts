import { getProvider } from 'prizm';
if (Deno.args[0] !== 'ask') await (await fetch('{{http}}/echo')).body?.cancel();
await new Promise((done) => setTimeout(done, 200));
console.log('fine');
if (Deno.args[0] === 'ask') await getProvider('github:acme/missing@v1');
