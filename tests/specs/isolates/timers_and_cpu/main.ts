import { getProvider } from 'prizm';

const reasonOf = (error: any): string => error.reason ?? (error.cause ? reasonOf(error.cause) : String(error));

for (const name of ['timers', 'immediates', 'interval', 'timers in a worker', 'short timers', 'short timers in a worker', 'spin in a timer', "spin in a worker's timer"]) {
  const provider: any = await getProvider('github:acme/busy');
  console.log(name, await provider.busy(name).catch(reasonOf));
}
console.log(await (await getProvider('github:acme/busy')).isAvailable());
