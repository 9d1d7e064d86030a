import process from 'node:process';
import { getProvider } from 'prizm';

const one: any = await getProvider('github:acme/one');
const two: any = await getProvider('github:acme/two');
console.log('set', one.set());
console.log('listed', one.names());
console.log('in a worker', await one.inWorker());
console.log('other', [two.get('MINE'), two.get('GRANTED')].map(String).join());
console.log('script', [process.env.GRANTED, Deno.env.get('MINE')].map(String).join());
console.log('deleted', String(one.remove('GRANTED')));
console.log('script', process.env.GRANTED);
for (const line of one.place()) console.log(line);
console.log('home', JSON.stringify(one.words()).includes('{{dir}}'));
console.log('moved', Deno.cwd() === one.folder());
