import { getProvider } from 'prizm';

const [web, home, skipsWriting] = Deno.args;
const provider = await getProvider('github:acme/x@v1.0.0');
const attempts = [
  () => provider.read(`${home}/secret.txt`),
  ...(skipsWriting ? [] : [() => provider.write(`${home}/new.txt`, 'x')]),
  () => provider.variable('API_KEY'),
  () => provider.get(`${web}/hi.txt`),
  () => provider.run('sh'),
  () => provider.variable('DEBUG'),
  () => provider.own(),
];
for (const attempt of attempts) {
  try {
    console.log(String(await attempt()).trim());
  } catch (error) {
    console.log(error.name, error.message, '|', error.hints.join());
  }
}
