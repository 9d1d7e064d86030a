import { getProvider } from 'prizm';
await (await fetch('{{http}}/echo')).body?.cancel();
console.log((await getProvider('github:acme/deps@v1')).name);
