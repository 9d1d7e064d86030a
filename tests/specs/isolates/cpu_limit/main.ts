import { getProvider } from 'prizm';

const reasonOf = (error: any): string => error.reason ?? reasonOf(error.cause);

for (const name of ['spin', 'spinLater', 'spinPromises']) {
  const provider: any = await getProvider('github:acme/painter');
  try {
    await provider[name]();
    console.log('it went on');
  } catch (error) {
    console.log(name, reasonOf(error));
  }
}
console.log(await (await getProvider('github:acme/painter')).isAvailable());
await getProvider('github:acme/endless').catch((error) => console.log('endless', reasonOf(error)));
