import { getProvider } from 'prizm';

const [web, home] = Deno.args;
const provider = await getProvider('./provider');
await provider.get(`${web}/hi.txt`);
provider.read(`${home}/data/a.txt`);
provider.own();
provider.variable('API_KEY');
console.log('done');
