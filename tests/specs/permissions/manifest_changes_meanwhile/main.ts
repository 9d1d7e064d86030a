import { getProvider, ProviderRegistry } from 'prizm';

const attempt = async (work: () => unknown) => {
  try {
    console.log(await work());
  } catch (error) {
    console.log((error as Error).message.split('\n')[0]);
  }
};
const secret = `${Deno.args[0]}/secret.txt`;
const provider: any = await getProvider('./provider');
await attempt(() => provider.widen(secret));
await attempt(() => provider.read(secret));
ProviderRegistry.getInstance().clearCache();
await attempt(() => getProvider('./provider'));
