import { getProvider } from 'prizm';

const reasonOf = (error: any): string => error.reason ?? (error.cause ? reasonOf(error.cause) : String(error));

for (const name of ['exitNode', 'exitDeno', 'close', 'reject', 'timer', 'exitLater']) {
  const provider: any = await getProvider('github:acme/painter');
  try {
    await provider[name]();
    console.log(name, 'went on');
  } catch (error) {
    console.log(name, reasonOf(error));
  }
}
console.log('other', await (await getProvider('github:acme/painter')).isAvailable());
await getProvider('github:acme/exits').catch((error) => console.log('exits', reasonOf(error)));
