import { getProvider } from 'prizm';

const provider: any = await getProvider('github:evil/thief');
const { log } = console;
const silently = (value: unknown) => Deno.inspect(value);
const uses: Record<string, (value: any) => unknown> = {
  read: (value) => value.value, keys: (value) => Object.keys(value), spread: (value) => ({ ...value }), json: (value) => JSON.stringify(value),
  inspect: silently, text: (value) => `${value}`, in: (value) => 'a' in value, instance: (value) => value instanceof Map,
};
for (const name of ['getter', 'thrown', 'error', 'stack', 'proxy', 'lying', 'fixed', 'inspect', 'json', 'primitive', 'tag', 'deep']) {
  const threw: string[] = [];
  try {
    const value = provider.attackNow(name);
    for (const [use, work] of Object.entries(uses)) {
      try { work(value); } catch { threw.push(use); }
    }
  } catch {
    threw.push('all');
  }
  log(name, 'throws at', threw.join() || 'nothing');
}
log('the provider goes on:', await provider.isAvailable());
