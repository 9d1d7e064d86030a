import { getProvider, getService } from 'prizm';
import { later } from './later.ts';
// Each answer comes only once the repository is being fetched.
await (await fetch('{{http}}/echo')).body?.cancel();
await (await fetch('{{http}}/echo')).body?.cancel();
console.log('still here');
console.log((await getProvider('github:acme/echo@v1.0.0')).id);
if (Deno.args.length > 5) await getService('github:acme/never@v1');
if (Deno.args.length > 5) await later();
