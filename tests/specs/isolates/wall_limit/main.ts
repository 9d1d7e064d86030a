import { getProvider } from 'prizm';

const reasonOf = (error: any): string => error.reason ?? (error.cause ? reasonOf(error.cause) : String(error));

for (const name of ['wait', 'never']) {
  const provider: any = await getProvider('github:acme/painter');
  try {
    await provider[name]();
    console.log('it went on');
  } catch (error) {
    console.log(name, reasonOf(error));
  }
}
const provider: any = await getProvider('github:acme/painter');
console.log(await provider.soon());
