import { getProvider } from 'prizm';

const failing = () => { throw new TypeError('of the script'); };
const provider: any = await getProvider('github:evil/thief');
const lines = await provider.attack({
  dir: '{{dir}}', callback: (work?: () => unknown) => work ? work() : failing(), later: async () => failing(),
  nested: new Error('outer', { cause: new Error('inner') }),
});
for (const line of lines) console.log(line);
